import { ProductMark } from "../ui/product-mark.tsx";

/** What stands while the first page is on its way; late, so that a quick start shows nothing at all. */
export function Splash() {
  return (
    <main className="flex h-dvh items-center justify-center">
      <div role="status" aria-label="Loading" className="appear-late">
        <ProductMark size={44} />
      </div>
    </main>
  );
}
