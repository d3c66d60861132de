import { afterEach } from "vitest";
import { resetStores } from "../src/stores/reset-stores.ts";

afterEach(() => {
  resetStores();
  localStorage.clear();
});
