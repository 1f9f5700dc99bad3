// What recording costs, what it keeps and how soon any place is reached: LeNet-5 (or another example) trained without and with a
// recording, turn by turn in one run; then seeks to random places of the whole history, and a search through all of it.
// `npm run bench -- history [example] [--iterations N] [--batch N] [--rounds N] [--limit MB]`
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { root } from '../scripts/lib/bootstrap.mjs';
import { median, quantile } from './lib/measure.mjs';

const load = async (path) =>
  (await runnerImport(join(root, 'src', path), { configFile: false, logLevel: 'error' })).module;
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const [name = 'lenet5'] = process.argv
  .slice(2)
  .filter((word, i, all) => !word.startsWith('--') && !all[i - 1]?.startsWith('--'));
const iterations = option('iterations', 1000);
const rounds = option('rounds', 60);

const { operators } = await load('operators/registry.generated.ts');
const { optimizers } = await load('operators/optimizers/registry.generated.ts');
const { createKernelLibrary } = await load('kernels/library.ts');
const { createDataShelf } = await load('engine/data-shelf.ts');
const { createParkedTensors } = await load('engine/numbers/parked-tensors.ts');
const { createProject } = await load('engine/project.ts');
const { createTimeline } = await load('debugger/timeline/timeline.ts');
const { searchFirst, nonFiniteProbe } = await load('debugger/timeline/search.ts');
const { readGraph } = await load('graph/read-graph.ts');

const library = createKernelLibrary();
const shelf = createDataShelf();
const { graph: read } = readGraph(readFileSync(join(root, 'examples', `${name}.json`), 'utf8'));
const batch = option('batch', read.training.batch);
const graph = { ...read, training: { ...read.training, epochs: 1e6, batch } };

function stand() {
  const timeline = createTimeline('');
  const { dataset } = shelf.open(graph.training.data, graph.seed);
  const project = createProject(graph, {
    registry: { operators, optimizers },
    library,
    shared: false,
    expand: [],
    dataset,
    parked: createParkedTensors(),
    iteration: 0,
    timeline,
  });
  const ready = project.training();
  if (!ready.run) throw new Error(JSON.stringify(ready.diagnostics));
  let at = 0;
  return { project, timeline, run: ready.run, record: () => timeline.train(at++) };
}

const [plain, recorded] = [stand(), stand()];
recorded.timeline.recording.limitBytes = option('limit', 256) * 2 ** 20;
const runs = { 'not recorded': () => plain.run.iterate(), recorded: () => recorded.record() };
const times = { 'not recorded': [], recorded: [] };
let done = 0;
const warm = performance.now();
for (; done < 64; done++) for (const run of Object.values(runs)) run();
// As many as the processor's clock can tell apart.
const each = Math.min(1000, Math.max(8, Math.ceil((10 * 2 * done) / (performance.now() - warm))));
for (let round = -5; round < rounds; round++) {
  for (const key of round % 2 === 0 ? Object.keys(runs) : Object.keys(runs).reverse()) {
    const start = process.cpuUsage();
    for (let i = 0; i < each; i++) runs[key]();
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) times[key].push((user + system) / 1000 / each);
  }
  done += each;
}
const ratios = times.recorded.map((time, i) => time / times['not recorded'][i]);
const [without, withIt] = [median(times['not recorded']), median(times.recorded)];
console.log(
  `${name}, batch ${batch}: ${without.toFixed(3)} ms of the processor an iteration, recorded ${withIt.toFixed(3)} ms`,
);
console.log(`recording costs ${(100 * (median(ratios) - 1)).toFixed(1)} % (median of each round's own ratio)`);

for (; done < iterations; done++) recorded.record();
const { recording } = recorded.timeline;
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
console.log(
  `${done} iterations: ${recording.snapshots.length} snapshots, ${mib(recording.bytes)} of ${mib(recording.limitBytes)} MiB, one in ${recording.interval}`,
);

const { stepper, bound } = recorded.project.debug;
const steps = bound.plan.steps.length;
stepper.reset(done);
const seeks = [];
for (let i = 0; i < 100; i++) {
  // Spread over everything, in no order.
  const iteration = (i * 619 + 7) % done;
  const start = performance.now();
  if (!stepper.seek(iteration, (i * 31) % steps)) throw new Error(`iteration ${iteration} cannot be had`);
  seeks.push(performance.now() - start);
}
console.log(`a seek takes ${median(seeks).toFixed(1)} ms (median of 100), at most ${quantile(seeks, 1).toFixed(1)} ms`);

const start = performance.now();
const machine = recorded.project.debug.twin();
const { found } = await searchFirst({
  machine,
  recording,
  branch: recorded.timeline.forks.current,
  probe: () => nonFiniteProbe(machine),
  from: null,
  to: null,
  tick: async () => true,
});
const searched = performance.now() - start;
console.log(
  `the first value that is not finite: ${found ? `iteration ${found.position.iteration}` : 'none'}, in ${(searched / 1000).toFixed(1)} s (${(searched / done).toFixed(2)} ms an iteration)`,
);
