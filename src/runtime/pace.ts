// Whether several threads win, found by trying: machines are shared, and who waits for a thread that does not run is slower than
// one alone. Now and then both ways are timed; between that nothing is measured.

/** Runs before the first trial: kernels are slow at first. */
const firstTrial = 12;
const betweenTrials = 500;
/** Runs of a trial, half of them each way. */
const trialRuns = 8;
/** So much of the time alone must be saved. */
const leastGain = 0.05;

export interface Pace {
  /** As found last. */
  readonly wins: boolean;
  /** Before a run: whether it should be one of several threads. */
  begin(): boolean;
  /** After it. */
  end(): void;
}

export function createPace(now: () => number): Pace {
  let wins = true;
  let untilTrial = firstTrial;
  let alone = 0;
  let together = 0;
  let started = 0;
  return {
    get wins() {
      return wins;
    },
    begin() {
      if (--untilTrial >= 0) return wins;
      if (untilTrial === -1) {
        alone = 0;
        together = 0;
      }
      started = now();
      return untilTrial % 2 === 0;
    },
    end() {
      if (untilTrial >= 0) return;
      const took = now() - started;
      if (untilTrial % 2 === 0) together += took;
      else alone += took;
      if (untilTrial > -trialRuns) return;
      wins = together < (1 - leastGain) * alone;
      untilTrial = betweenTrials;
    },
  };
}
