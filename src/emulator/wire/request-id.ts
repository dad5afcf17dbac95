// Request ids: time-based GUIDs, as `x-ms-request-id` and `Activity ID` are.

/** 100-nanosecond intervals between the start of the Gregorian calendar and 1970 (RFC 9562, section 5.1). */
const GREGORIAN_OFFSET = 0x01b21dd213814000n;
const TICKS_A_MILLISECOND = 10_000n;

/** A version 1 GUID for `nowMs` (epoch milliseconds); `random` gives 8 bytes for clock sequence and node. */
export function requestId(nowMs: number, random: (size: number) => Buffer): string {
  const ticks = BigInt(Math.floor(nowMs)) * TICKS_A_MILLISECOND + GREGORIAN_OFFSET;
  const time = ticks.toString(16).padStart(15, '0');
  const tail = random(8);
  tail.writeUInt8((tail.readUInt8(0) & 0x3f) | 0x80, 0);
  const rest = tail.toString('hex');
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
