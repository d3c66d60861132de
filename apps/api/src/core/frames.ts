/**
 * An event, or another JSON object, as the bytes of one unmasked WebSocket text frame (RFC 6455 §5.2). Made once per
 * event, however many sockets get it: framing in the library costs more than everything else about a delivery.
 */
export function encodeFrame(event: object): Buffer {
  const payload = Buffer.from(JSON.stringify(event));
  return Buffer.concat([frameHeader(payload.length), payload]);
}

/** Asks the other end whether it is still there. */
export const PING = Buffer.from([0x89, 0]);

/** The answer to a ping, which is what it carried: at most 125 bytes. */
export function encodePong(data: Buffer): Buffer {
  const finalPong = 0x8a;
  return Buffer.concat([Buffer.from([finalPong, data.length]), data]);
}

function frameHeader(length: number): Buffer {
  const finalTextFrame = 0x81;
  if (length < 126) return Buffer.from([finalTextFrame, length]);
  if (length < 65_536) {
    const header = Buffer.from([finalTextFrame, 126, 0, 0]);
    header.writeUInt16BE(length, 2);
    return header;
  }
  const header = Buffer.alloc(10);
  header[0] = finalTextFrame;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** One write of a copy costs less than one of many pieces. */
export function joinFrames(frames: readonly Buffer[]): Buffer {
  const [first] = frames;
  return first !== undefined && frames.length === 1 ? first : Buffer.concat(frames);
}
