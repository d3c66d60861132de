let channel: BroadcastChannel | null = null;

/** Hears from now on what this person's other tabs in this browser say; another person's tabs have another channel. */
export function joinTabs(userId: string, heed: (word: unknown) => void): void {
  leaveTabs();
  channel = new BroadcastChannel(`confab.outbox.${userId}`);
  channel.onmessage = ({ data }) => heed(data);
}

/** Says something to this person's other tabs, if there are any; never to this one. */
export function tellTabs(word: object): void {
  channel?.postMessage(word);
}

export function leaveTabs(): void {
  channel?.close();
  channel = null;
}
