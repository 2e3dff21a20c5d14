/*
 * What ends a question otherwise than by an answer.
 */

/** A question that was not answered. */
export class GatewayError extends Error {}

/** Nobody answered in time, or what answered is no gateway. */
export class UnreachableError extends GatewayError {}

/** A stream was cut: connect again, and go on after the last cursor. */
export class CutError extends GatewayError {}

/**
 * The gateway refused the question, or a part of it.
 *
 * `code` is `extensions.code` of the first error: act by it, never by the message.
 * `data` is what was answered beside the error, if anything was.
 */
export class RefusedError extends GatewayError {
  constructor(
    readonly code: string,
    message: string,
    readonly extensions: Record<string, unknown>,
    readonly data: unknown,
  ) {
    super(`${code}: ${message}`);
  }
}
