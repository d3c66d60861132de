let controller = new AbortController();

/**
 * Aborted when this page stops being live. Work that waits for an answer looks at it afterwards, so that an answer
 * meant for one person never ends in the stores of the next.
 */
export function lifetime(): AbortSignal {
  return controller.signal;
}

export function endLifetime(): void {
  controller.abort();
  controller = new AbortController();
}
