import { NavLink } from "react-router";
import { classNames } from "./class-names.ts";

interface PageNavProps {
  label: string;
  links: ReadonlyArray<{ to: string; label: string }>;
}

/** Pages that belong together, side by side above the one that is open. */
export function PageNav({ label, links }: PageNavProps) {
  return (
    <nav aria-label={label} className="shrink-0 border-b border-line">
      <ul className="mx-auto flex w-full max-w-3xl gap-1 px-2 sm:px-6">
        {links.map(({ to, label: name }) => (
          <li key={to} className="flex">
            <NavLink
              to={to}
              end
              className={({ isActive }) =>
                classNames(
                  "tap-target -mb-px inline-flex h-11 items-center justify-center border-b-2 px-2.5 font-medium whitespace-nowrap transition-colors duration-100 outline-offset-[-4px]",
                  isActive
                    ? "border-accent text-ink"
                    : "border-transparent text-ink-muted hover:border-line-strong hover:text-ink",
                )
              }
            >
              {name}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
