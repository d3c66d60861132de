import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Family } from "./family.ts";

const LIBRARIES = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);
const library = LIBRARIES.find((file) => existsSync(file));

/** What the second node's clock is off by; the file is read again at every look at the clock. */
let clockFile = "";

export const wrongClock: Family = {
  name: "T11",
  title: "one of two nodes an hour off, and jumping",
  nodes: 2,
  cannotRun: () => (library === undefined ? "there is no faketime here" : null),
  prepare: async (folder) => {
    clockFile = path.join(folder, "clock");
    await writeFile(clockFile, "+3600");
  },
  environment: (node): Record<string, string> =>
    node === 0 || library === undefined
      ? {}
      : {
          LD_PRELOAD: library,
          FAKETIME_TIMESTAMP_FILE: clockFile,
          FAKETIME_NO_CACHE: "1",
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
        },
  async run(scene) {
    const ms = scene.count(4_000, 20_000);
    for (const offset of ["+3600", "-3600", "+0", "+3600"]) {
      scene.fault(`clock at ${offset} s`);
      await writeFile(clockFile, offset);
      await scene.pause(ms / 2);
      // Whoever was connected to one node comes to the other, and catches up there.
      scene.network.resetSome(() => scene.random.chance(0.5));
      await scene.pause(ms / 2);
    }
  },
};
