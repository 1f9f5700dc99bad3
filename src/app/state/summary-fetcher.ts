// Fetches summaries of the values on screen: one request at a time, the visible ones only, the latest wish wins. What is told
// of an older graph is dropped.
import type { Summary, SummaryRequest, Theme } from '../../engine/protocol/views.ts';
import type { SessionStore } from './session-store.ts';

export interface SummaryFetcher {
  watch(owner: string, requests: readonly SummaryRequest[]): void;
  refresh(): void;
  dispose(): void;
}

interface SummaryFetcherOptions {
  readonly session: SessionStore;
  readonly theme: () => Theme;
  readonly fetch: (
    requests: readonly SummaryRequest[],
    theme: Theme,
  ) => Promise<{ readonly revision: number; readonly summaries: readonly Summary[] } | null>;
  /** Between two fetches at least; about 15 pictures a second while training. */
  readonly pauseMs?: number;
}

export function createSummaryFetcher({ session, theme, fetch, pauseMs = 60 }: SummaryFetcherOptions): SummaryFetcher {
  const owners = new Map<string, readonly SummaryRequest[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  /** `all`: everything visible; `new`: only what is not known at this size yet. */
  let wish: 'none' | 'new' | 'all' = 'none';
  let lastEnd = 0;
  const asked = new Map<string, SummaryRequest>();

  function want(kind: 'new' | 'all'): void {
    if (wish !== 'all') wish = kind;
    if (busy || timer !== undefined) return;
    timer = setTimeout(() => void run(), Math.max(0, lastEnd + pauseMs - performance.now()));
  }

  async function run(): Promise<void> {
    timer = undefined;
    const data = session.getState();
    // Of another graph nothing that is known counts.
    const all = wish === 'all' || data.summariesRevision !== data.wanted;
    wish = 'none';
    if (data.report === null || !data.report.runnable || data.report.revision !== data.wanted) return;
    // Not brought to where it is to stand yet: what is asked now would be of the first step. A refresh follows.
    if (data.run.kind === 'compiling') return;
    if (all) asked.clear();
    const requests = merge(owners.values()).filter((each) => !covers(asked.get(each.name), each));
    if (requests.length === 0) {
      // Nothing is on screen, so nothing on screen is out of date.
      if (data.summariesRevision !== data.wanted) session.setState({ summaries: {}, summariesRevision: data.wanted });
      return;
    }
    busy = true;
    for (const request of requests) asked.set(request.name, request);
    const answer = await fetch(requests, theme());
    busy = false;
    lastEnd = performance.now();
    const after = session.getState();
    if (answer !== null && answer.revision === after.wanted) {
      const fresh = Object.fromEntries(answer.summaries.map((summary) => [summary.name, summary]));
      session.setState({
        // After a step what is off screen may have changed as well: it is forgotten rather than shown outdated.
        summaries: all ? fresh : { ...after.summaries, ...fresh },
        summariesVersion: after.summariesVersion + 1,
        summariesRevision: answer.revision,
      });
    }
    if (wish !== 'none') want(wish);
  }

  return {
    watch(owner, requests) {
      if (requests.length === 0) owners.delete(owner);
      else owners.set(owner, requests);
      want('new');
    },
    refresh: () => want('all'),
    dispose: () => clearTimeout(timer),
  };
}

/** One request a value, large enough for everybody. */
function merge(lists: Iterable<readonly SummaryRequest[]>): readonly SummaryRequest[] {
  const byName = new Map<string, SummaryRequest>();
  for (const list of lists) {
    for (const request of list) {
      const other = byName.get(request.name);
      byName.set(request.name, other === undefined ? request : union(other, request));
    }
  }
  return [...byName.values()];
}

function union(a: SummaryRequest, b: SummaryRequest): SummaryRequest {
  const width = Math.max(a.thumbnail?.width ?? 0, b.thumbnail?.width ?? 0);
  const height = Math.max(a.thumbnail?.height ?? 0, b.thumbnail?.height ?? 0);
  const bins = Math.max(a.histogramBins ?? 0, b.histogramBins ?? 0);
  return {
    name: a.name,
    example: b.example,
    ...(width > 0 ? { thumbnail: { width, height } } : {}),
    ...(bins > 0 ? { histogramBins: bins } : {}),
  };
}

function covers(known: SummaryRequest | undefined, wanted: SummaryRequest): boolean {
  return (
    known !== undefined &&
    known.example === wanted.example &&
    (known.thumbnail?.width ?? 0) >= (wanted.thumbnail?.width ?? 0) &&
    (known.thumbnail?.height ?? 0) >= (wanted.thumbnail?.height ?? 0) &&
    (known.histogramBins ?? 0) >= (wanted.histogramBins ?? 0)
  );
}
