// Whether several threads win, found by trying: machines are shared, and who waits for a thread that does not run is slower than
// one alone. Blocks of iterations are timed both ways in turn, with their stalls; what loses is tried again ever more rarely, and
// at once when the pace changes. Which way an iteration is run changes nothing but its time.

/** Before the first trial: kernels are slow at first. */
const warmUpIterations = 12;
const warmUpMs = 150;
/** A block is as many iterations as take so long: a few of a scheduler's turns. */
const blockMs = 30;
/** Pairs of blocks that decide where the difference is clear, and where it is not. */
const clearPairs = 3;
const mostPairs = 6;
/** So much of the time alone must be saved: others want the cores, too. */
const leastGain = 0.1;
/** What a saving must be away from that to be clear; more than one long stall in a block makes. */
const clearly = 0.2;
/** A pause is so many times what a block of the way that lost took, doubled each time that it loses again, up to so many times. */
const pauseFactor = 100;
const longestPause = 8;
/** How much faster or slower the way that won has become when it is asked again, and over how long that is measured. */
const drift = 1.3;
const driftMs = 300;
/** Longer gaps between iterations are somebody else's. */
const gapMs = 4;

/** What the paces of several plans know of one another: how the last trial ended. */
export interface Verdict {
  wins: boolean;
}

/** What a trial has found of one way: milliseconds an iteration, summed over its blocks, and all that it took. */
interface Way {
  mean: number;
  spent: number;
}

export interface Pace {
  /** Before a piece of an iteration: whether it should be run by several threads. `first`: the iteration begins. */
  begin(first: boolean): boolean;
  /** After it. `last`: the iteration ends. */
  end(last: boolean): void;
}

/** `now` in milliseconds; `verdict` stands until the first trial, and is then this pace's, too. */
export function createPace(now: () => number, verdict: Verdict): Pace {
  let phase: 'warm' | 'trial' | 'settled' = 'warm';
  /** Before the first trial there is nothing to be kept. */
  let tried = false;
  let wins = verdict.wins;
  /** How the iteration under way is run. */
  let together = wins;
  /** Of its pieces and the short gaps before them. */
  let cost = 0;
  let begun = 0;
  let ended = Number.NEGATIVE_INFINITY;
  /** Of the block under way. */
  let time = 0;
  let iterations = 0;
  const alone: Way = { mean: 0, spent: 0 };
  const shared: Way = { mean: 0, spent: 0 };
  let blocks = 0;
  /** Milliseconds an iteration, soon after the last trial. */
  let usual = 0;
  let settledAt = 0;
  let shortestPause = 0;
  let pause = 0;

  function startBlock(): void {
    time = 0;
    iterations = 0;
  }

  function startTrial(): void {
    phase = 'trial';
    blocks = 0;
    for (const way of [alone, shared]) {
      way.mean = 0;
      way.spent = 0;
    }
    together = !wins;
  }

  function settle(found: boolean): void {
    const { spent } = found ? alone : shared;
    shortestPause = (pauseFactor * spent) / (blocks / 2);
    const isKept = tried && found === wins;
    pause = isKept ? Math.min(longestPause * shortestPause, Math.max(2 * pause, pauseFactor * spent)) : shortestPause;
    tried = true;
    wins = found;
    verdict.wins = found;
    together = found;
    phase = 'settled';
    settledAt = ended;
    usual = 0;
  }

  /** Blocks go loser, winner, winner, loser, …: what grows or fades meanwhile favours neither. */
  function endTrialBlock(): void {
    const way = together ? shared : alone;
    way.mean += time / iterations;
    way.spent += time;
    blocks++;
    if (blocks % 2 === 1) {
      together = !together;
      return;
    }
    const gain = 1 - shared.mean / alone.mean;
    const found = gain > leastGain;
    const enough = Math.abs(gain - leastGain) > clearly ? clearPairs : mostPairs;
    if ((tried && found === wins) || blocks >= 2 * enough) settle(found);
  }

  function endSettledBlock(): void {
    const mean = time / iterations;
    if (usual === 0) usual = mean;
    if (mean > drift * usual || usual > drift * mean) pause = shortestPause;
    if (ended - settledAt > pause) startTrial();
  }

  function endIteration(): void {
    time += cost;
    cost = 0;
    iterations++;
    const isFull =
      phase === 'warm'
        ? iterations >= warmUpIterations && time >= warmUpMs
        : time >= (phase === 'trial' ? blockMs : driftMs);
    if (!isFull) return;
    if (phase === 'warm') startTrial();
    else if (phase === 'trial') endTrialBlock();
    else endSettledBlock();
    startBlock();
  }

  return {
    begin(first) {
      begun = now();
      if (first) cost = 0;
      if (first && phase === 'warm') together = wins = verdict.wins;
      if (begun - ended <= gapMs) cost += begun - ended;
      return together;
    },
    end(last) {
      ended = now();
      cost += ended - begun;
      if (last) endIteration();
    },
  };
}
