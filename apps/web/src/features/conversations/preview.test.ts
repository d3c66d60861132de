import { describe, expect, it } from "vitest";
import { buildMessage } from "../../../test/build-message.ts";
import { ada, ben } from "../../../test/people.ts";
import { previewOf } from "./preview.ts";

function previewed(content: string): string {
  return previewOf(
    { kind: "direct", last_seq: 1, last_message: buildMessage({ seq: 1, sender: ben, content }) },
    ada.id,
  );
}

describe("the preview of a message", () => {
  it.each([
    ["**bold**, _slanted_ and ~~gone~~", "bold, slanted and gone"],
    ["`code` and\n```ts\nconst a = 1;\n```", "code and const a = 1;"],
    ["> quoted\n> twice\n\nanswered", "quoted twice answered"],
    ["see [the plan](https://example.org/plan)", "see the plan"],
    ["![a picture](https://example.org/a.png)", "a picture"],
  ])("is free of formatting: %j", (content, preview) => {
    expect(previewed(content)).toBe(preview);
  });

  it.each(["snake_case_name", "2 * 3 * 4", "C# and F#", "a > b", "#1 is done", "***"])(
    "keeps %j as it is",
    (content) => {
      expect(previewed(content)).toBe(content);
    },
  );

  it("names its author in a group, and oneself everywhere", () => {
    const last_message = buildMessage({ seq: 1, sender: ben, content: "hello" });
    expect(previewOf({ kind: "group", last_seq: 1, last_message }, ada.id)).toBe("Ben: hello");
    expect(previewOf({ kind: "direct", last_seq: 1, last_message }, ben.id)).toBe("You: hello");
    expect(previewOf({ kind: "group", last_seq: 1, last_message }, ada.id, { username: "Benjamin" })).toBe(
      "Benjamin: hello",
    );
  });

  it("says so when there is nothing, or nothing any more", () => {
    expect(previewOf({ kind: "group", last_seq: 0, last_message: null }, ada.id)).toBe("No messages yet");
    const deleted = buildMessage({ seq: 1, content: "", deleted_at: "2026-11-22T10:01:00.000Z" });
    expect(previewOf({ kind: "direct", last_seq: 1, last_message: deleted }, ada.id)).toBe("Message deleted");
  });

  it("does not claim that there is nothing where the last message is not told", () => {
    expect(previewOf({ kind: "group", last_seq: 3, last_message: null }, ada.id)).toBe("3 messages");
  });
});
