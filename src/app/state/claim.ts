// A document belongs to one page at a time: two tabs that wrote the same one would undo each other's work. The page that holds
// the lock of its id has it, for as long as it lives.

export interface Claim {
  /** Whether the document is this page's now. Waits a little: a page that is being reloaded lets go only as it ends. */
  take(id: string): Promise<boolean>;
}

const waitMs = 700;

/** @param locks undefined where the browser has none: then every page takes what it likes */
export function createClaim(locks: LockManager | undefined): Claim {
  let held: string | undefined;
  let letGo: () => void = () => undefined;
  return {
    async take(id) {
      if (locks === undefined || held === id) return true;
      letGo();
      held = id;
      let release: () => void = () => undefined;
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      letGo = release;
      return new Promise((answer) => {
        locks
          .request(`chainrule document ${id}`, { signal: AbortSignal.timeout(waitMs) }, () => {
            answer(true);
            return until;
          })
          .catch(() => {
            if (held === id) held = undefined;
            answer(false);
          });
      });
    },
  };
}
