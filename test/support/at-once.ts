/**
 * The most that "at once" may take, in milliseconds. What is interrupted in these tests would go on for minutes; how
 * many seconds an end takes depends on what else the machine does, and is measured by the benches.
 */
export const AT_ONCE_MS = 25_000;
