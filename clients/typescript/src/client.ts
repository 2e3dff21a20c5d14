/*
 * Questions by POST, events as server-sent events, on one address.
 *
 * The token goes into a header, never into an address; nothing is tried again by itself, and
 * redirects are not followed, since they would take the token elsewhere.
 */
import { createClient } from 'graphql-sse';

import { CutError, RefusedError, UnreachableError } from './errors.js';
import type { TypedDocumentString } from './generated/graphql.js';

export interface Options {
  /** The gateway's address, with `/graphql`. */
  url: string;
  /** A bearer token. */
  token: string;
  /** Why people are looked up, where the token has no purpose of its own. */
  purpose?: string;
  /** Likewise; letters, digits and `._/-` in a header. */
  caseNumber?: string;
  /** Others, for example `X-Officer`. */
  headers?: Record<string, string>;
  /** How long an answer may take, in milliseconds; 15,000 if left out. */
  timeout?: number;
  /**
   * After how long without a word a stream is gone, in milliseconds; 60,000 if left out. A
   * gateway sends a comment every 25 seconds.
   */
  silence?: number;
}

interface Answer<Result> {
  data?: Result | null;
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

const JSON_TYPES = 'application/graphql-response+json, application/json;q=0.9';

/** A gateway, asked by one caller. */
export class GatewayClient {
  readonly #options: Options;
  readonly #headers: Record<string, string>;

  constructor(options: Options) {
    this.#options = options;
    this.#headers = {
      Authorization: `Bearer ${options.token}`,
      ...(options.purpose && { 'X-Purpose': options.purpose }),
      ...(options.caseNumber && { 'X-Case-Number': options.caseNumber }),
      ...options.headers,
    };
  }

  /**
   * Return the data of an answer.
   *
   * @throws RefusedError if the gateway answered with errors.
   * @throws UnreachableError if no gateway answered in time.
   */
  async ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    let answer: unknown;
    try {
      const response = await fetch(this.#options.url, {
        method: 'POST',
        headers: { ...this.#headers, 'Content-Type': 'application/json', Accept: JSON_TYPES },
        body: JSON.stringify({ query: document.toString(), variables }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#options.timeout ?? 15_000),
      });
      answer = await response.json();
    } catch (error) {
      throw new UnreachableError(String(error), { cause: error });
    }
    return dataOf<Result>(answer);
  }

  /**
   * Yield the data of each event, until the gateway ends the subscription.
   *
   * @throws RefusedError if the gateway refused it, or an event of it.
   * @throws CutError if nobody answered, or the stream ended before its end.
   */
  async *follow<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): AsyncGenerator<Result, void, undefined> {
    let refusal: unknown;
    const client = createClient({
      url: this.#options.url,
      headers: this.#headers,
      // A retry would begin from the old cursor.
      retryAttempts: 0,
      fetchFn: async (url: string, init: RequestInit) => {
        try {
          return await fetchEvents(url, init, this.#options.silence ?? 60_000);
        } catch (error) {
          // graphql-sse makes an error of the network of it.
          refusal = error;
          throw error;
        }
      },
    });
    try {
      for await (const result of client.iterate({ query: document.toString(), variables })) {
        yield dataOf<Result>(result);
      }
    } catch (caught) {
      const error = refusal ?? caught;
      throw error instanceof RefusedError
        ? error
        : new CutError(String(error), { cause: error });
    } finally {
      client.dispose();
    }
  }
}

// What is refused is said in JSON, which graphql-sse would not read.
async function fetchEvents(url: string, init: RequestInit, silence: number): Promise<Response> {
  const gone = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => gone.abort(new Error('the stream is silent')), silence);
  };
  gone.signal.addEventListener('abort', () => clearTimeout(timer));
  // Whatever ends the stream ends this: `follow` disposes of the client.
  init.signal?.addEventListener('abort', () => gone.abort());
  heard();
  const response = await fetch(url, { ...init, redirect: 'error', signal: gone.signal });
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
    dataOf(await response.json());
  }
  const listened = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      heard();
      controller.enqueue(piece);
    },
  });
  return new Response(response.body?.pipeThrough(listened) ?? null, response);
}

function dataOf<Result>(answer: unknown): Result {
  if (answer === null || typeof answer !== 'object') {
    throw new UnreachableError('what answered is no GraphQL');
  }
  const { data, errors } = answer as Answer<Result>;
  const first = errors?.[0];
  if (first) {
    const { message, extensions = {} } = first;
    throw new RefusedError(String(extensions['code'] ?? 'UNKNOWN'), message, extensions, data);
  }
  if (!data) {
    throw new UnreachableError('what answered is no GraphQL');
  }
  return data;
}
