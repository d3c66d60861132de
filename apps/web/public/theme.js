// Runs before the first paint, so that a chosen theme shows no flash of the other one.
try {
  const chosen = localStorage.getItem("confab.theme");
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
} catch {
  // Storage may be forbidden; then the stylesheet follows the system.
}
