// Long work in the worker lets messages in between its slices.

/** Lets messages in. A channel of its own each time: Node hands over a thousand messages of one before anything else. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
