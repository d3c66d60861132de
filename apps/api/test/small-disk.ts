import { spawnSync } from "node:child_process";
import { chmod, type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mount = (folder: string, megabytes: number) =>
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]).status === 0;
const unmount = (folder: string) => spawnSync("umount", ["-l", folder]);

/** Whether a disk of one's own can be had here (by root only); without, the cases that fill one are skipped, by name. */
export const HAS_SMALL_DISK = await canMount();

async function canMount(): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = await mkdtemp(join(tmpdir(), "confab-disk-"));
  const isMounted = mount(folder, 1);
  if (isMounted) unmount(folder);
  await rm(folder, { recursive: true });
  return isMounted;
}

/** A disk of a few megabytes that can be filled to the last byte. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(megabytes: number): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), "confab-disk-"));
    if (!mount(folder, megabytes)) throw new Error("no small disk could be mounted");
    // The user that runs PostgreSQL must get through.
    await chmod(folder, 0o755);
    return new SmallDisk(folder);
  }

  async fill(): Promise<void> {
    const file = await open(join(this.folder, "filler"), "w");
    try {
      for (const block of [1 << 20, 1 << 12]) for (;;) if (!(await append(file, block))) break;
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(join(this.folder, "filler"));
  }

  async remove(): Promise<void> {
    unmount(this.folder);
    await rm(this.folder, { recursive: true });
  }
}

async function append(file: FileHandle, bytes: number): Promise<boolean> {
  try {
    return (await file.write(Buffer.alloc(bytes))).bytesWritten === bytes;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") return false;
    throw error;
  }
}
