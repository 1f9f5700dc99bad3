// place: gives storages of known lifetimes their offsets. Two ways to pack them, both greedy: one after the other, each at the lowest
// offset where nothing alive at the same time lies, from several orders to begin with; or by time, each into the smallest gap. Then
// what lies on top is put first and all is packed again, until the bound is reached or tries run out.

export interface Storage {
  readonly bytes: number;
  /** First and last instruction that needs it. */
  readonly first: number;
  readonly last: number;
  offset: number;
}

/** Packing by size looks at pairs: beyond so many storages time comes first, and usually is enough. */
const mostForPairs = 4000;
/** Further tries, as far as pairs of storages allow. */
const mostTries = 60;
const mostPairs = 12_000_000;
/** Tries in a row, from one order, that bring nothing. */
const mostInVain = 8;
/** What packing by time may waste where there are too many storages for another way. */
const fairShare = 1.1;

/**
 * Where everything stays to the end: by first use, each behind the ones before; a workspace lies where later values will. As
 * small as can be, and quick however many there are.
 */
export function placeInOrder(storages: readonly Storage[], end: number): number {
  const order = [...storages].sort((a, b) => a.first - b.first || b.last - a.last);
  let next = 0;
  let top = 0;
  for (const storage of order) {
    storage.offset = next;
    top = Math.max(top, next + storage.bytes);
    if (storage.last === end) next += storage.bytes;
  }
  return top;
}

/** Sets the offsets; answers the bytes needed. */
export function place(storages: readonly Storage[]): number {
  const bound = peakOf(storages);
  const many = storages.length > mostForPairs;
  const best = { top: Number.POSITIVE_INFINITY, offsets: new Float64Array(storages.length) };
  const keep = (top: number): number => {
    if (top < best.top) {
      best.top = top;
      storages.forEach(({ offset }, i) => {
        best.offsets[i] = offset;
      });
    }
    return top;
  };
  if (many && keep(packByTime(storages)) <= fairShare * bound) return best.top;
  const largest = [...storages].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  keep(packByOrder(largest));
  if (best.top > bound && !many) {
    keep(packByTime(storages));
    const pairs = Math.max(1, storages.length * storages.length);
    const tries = Math.min(mostTries, Math.floor(mostPairs / pairs));
    const starts = [largest, ...furtherOrders(storages)].slice(0, Math.max(1, tries));
    for (const start of starts) if (best.top > bound) improve(start, tries);
  }
  storages.forEach((storage, i) => {
    storage.offset = best.offsets[i] as number;
  });
  return best.top;

  function improve(start: readonly Storage[], tries: number): void {
    let order = [...start];
    let least = keep(packByOrder(order));
    let patience = mostInVain;
    for (let i = 0; i < tries && patience > 0 && best.top > bound; i++) {
      const top = order.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
      const highest = order.filter(({ offset, bytes }) => offset + bytes === top);
      const others = order.filter((storage) => !highest.includes(storage));
      order = [...highest, ...others];
      const now = keep(packByOrder(order));
      patience = now < least ? mostInVain : patience - 1;
      least = Math.min(least, now);
    }
  }
}

/** What is alive at the peak first, the longest lived or the largest of it; or whatever lives long. */
function furtherOrders(storages: readonly Storage[]): Storage[][] {
  const at = peakAt(storages).at;
  const others = ({ first, last }: Storage) => (first <= at && at <= last ? 0 : 1);
  const longer = (a: Storage, b: Storage) => b.last - b.first - (a.last - a.first);
  return [
    [...storages].sort((a, b) => others(a) - others(b) || longer(a, b)),
    [...storages].sort((a, b) => others(a) - others(b) || b.bytes - a.bytes || a.first - b.first),
    [...storages].sort((a, b) => longer(a, b) || b.bytes - a.bytes),
  ];
}

function packByOrder(order: readonly Storage[]): number {
  const placed: Storage[] = []; // by offset
  let top = 0;
  for (const storage of order) {
    let offset = 0;
    for (const other of placed) {
      if (other.first > storage.last || storage.first > other.last) continue;
      if (other.offset >= offset + storage.bytes) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    storage.offset = offset;
    top = Math.max(top, offset + storage.bytes);
    let low = 0;
    for (let high = placed.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((placed[middle] as Storage).offset <= offset) low = middle + 1;
      else high = middle;
    }
    placed.splice(low, 0, storage);
  }
  return top;
}

interface Gap {
  offset: number;
  bytes: number;
}

function packByTime(storages: readonly Storage[]): number {
  const starts = [...storages].sort((a, b) => a.first - b.first || b.last - a.last || b.bytes - a.bytes);
  const ends = [...storages].sort((a, b) => a.last - b.last);
  const gaps: Gap[] = []; // by offset, never side by side
  let top = 0;
  let ended = 0;
  for (const storage of starts) {
    for (; (ends[ended] as Storage).last < storage.first; ended++) free(gaps, ends[ended] as Storage);
    let best: Gap | undefined;
    for (const gap of gaps) if (gap.bytes >= storage.bytes && (!best || gap.bytes < best.bytes)) best = gap;
    const last = gaps.at(-1);
    if (!best && last && last.offset + last.bytes === top) {
      top = last.offset + storage.bytes;
      last.bytes = storage.bytes;
      best = last;
    }
    if (best) {
      storage.offset = best.offset;
      best.offset += storage.bytes;
      best.bytes -= storage.bytes;
      if (best.bytes === 0) gaps.splice(gaps.indexOf(best), 1);
    } else {
      storage.offset = top;
      top += storage.bytes;
    }
  }
  return top;
}

function free(gaps: Gap[], { offset, bytes }: Storage): void {
  let at = 0;
  for (let high = gaps.length; at < high; ) {
    const middle = (at + high) >> 1;
    if ((gaps[middle] as Gap).offset < offset) at = middle + 1;
    else high = middle;
  }
  const [before, after] = [gaps[at - 1], gaps[at]];
  const joinsBefore = before !== undefined && before.offset + before.bytes === offset;
  const joinsAfter = after !== undefined && offset + bytes === after.offset;
  if (joinsBefore) before.bytes += bytes + (joinsAfter ? after.bytes : 0);
  else if (joinsAfter) {
    after.offset = offset;
    after.bytes += bytes;
  } else gaps.splice(at, 0, { offset, bytes });
  if (joinsBefore && joinsAfter) gaps.splice(at, 1);
}

/** Most bytes alive at one instruction. */
export function peakOf(storages: readonly Storage[]): number {
  return peakAt(storages).bytes;
}

function peakAt(storages: readonly Storage[]): { readonly bytes: number; readonly at: number } {
  const change = new Map<number, number>();
  for (const { bytes, first, last } of storages) {
    change.set(first, (change.get(first) ?? 0) + bytes);
    change.set(last + 1, (change.get(last + 1) ?? 0) - bytes);
  }
  let alive = 0;
  let peak = { bytes: 0, at: 0 };
  for (const at of [...change.keys()].sort((a, b) => a - b)) {
    alive += change.get(at) as number;
    if (alive > peak.bytes) peak = { bytes: alive, at };
  }
  return peak;
}
