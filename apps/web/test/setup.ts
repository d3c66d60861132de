import "fake-indexeddb/auto";
import { afterEach } from "vitest";
import { stopLive } from "../src/realtime/live.ts";
import { resetStores } from "../src/stores/reset-stores.ts";

afterEach(() => {
  stopLive();
  resetStores();
  localStorage.clear();
});
