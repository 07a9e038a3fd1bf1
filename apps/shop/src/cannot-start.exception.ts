/** What was asked for cannot be done as things are; the message says what is wrong and what to do, for whoever started it. */
export class CannotStartException extends Error {}
