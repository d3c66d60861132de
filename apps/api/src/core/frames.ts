const FINAL_TEXT_FRAME = 0x81;
const FINAL_PONG = 0x8a;

/**
 * An event, or another JSON object, as the bytes of one unmasked WebSocket text frame (RFC 6455 §5.2). Made once per
 * event, however many sockets get it: framing in the library costs more than everything else about a delivery.
 */
export function encodeFrame(event: object): Buffer {
  const text = JSON.stringify(event);
  const length = Buffer.byteLength(text);
  const textAt = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(textAt + length);
  frame[0] = FINAL_TEXT_FRAME;
  frame[1] = textAt === 2 ? length : textAt === 4 ? 126 : 127;
  if (textAt === 4) frame.writeUInt16BE(length, 2);
  if (textAt === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, textAt);
  return frame;
}

/** Asks the other end whether it is still there. */
export const PING = Buffer.from([0x89, 0]);

/** The answer to a ping, which is what it carried: at most 125 bytes. */
export function encodePong(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([FINAL_PONG, data.length]), data]);
}

/** One write of a copy costs less than one of many pieces. */
export function joinFrames(frames: readonly Buffer[]): Buffer {
  const [first] = frames;
  return first !== undefined && frames.length === 1 ? first : Buffer.concat(frames);
}
