// What breakpoints cost while training: milliseconds an iteration without any, with none that is enabled, with ten conditions on
// activations, gradients, weights and updates; turn by turn in one run. `npm run bench -- debugger [example] [--rounds N]`
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataShelf, createDebugging, createTraining, readGraph } from '../bin/library.mjs';
import { root } from '../scripts/lib/bootstrap.mjs';
import { median } from './lib/measure.mjs';

/** Ten of the kinds that people set, all over LeNet; none ever holds. */
const lenet = [
  ['conv1', 'forward', 'any(isnan(y))'],
  ['conv2', 'forward', 'max(abs(y)) > 1e6'],
  ['relu2', 'forward', 'mean(y == 0) > 0.999'],
  ['fc1', 'forward', 'any(isinf(y))'],
  ['fc1', 'backward', 'norm(grad(weight)) / norm(weight) > 1e3'],
  ['conv2', 'backward', 'norm(grad(weight)) > 1e6'],
  ['conv1', 'backward', 'any(isnan(grad(weight)))'],
  ['fc1', 'update', 'max(abs(update(weight))) > 1e3'],
  ['conv1', 'update', 'norm(update(weight)) / norm(weight) > 1e3'],
  ['', 'forward', 'loss > 1e6 or isnan(loss)'],
];

const words = process.argv.slice(2);
const at = words.indexOf('--rounds');
const rounds = at < 0 ? 60 : Number(words.splice(at, 2)[1]);
const [name = 'lenet5'] = words;
const shelf = createDataShelf();

function graphOf() {
  const { graph, diagnostics } = readGraph(readFileSync(join(root, 'examples', `${name}.json`), 'utf8'));
  if (!graph) throw new Error(JSON.stringify(diagnostics));
  return { ...graph, training: { ...graph.training, epochs: 1e6 } };
}

function breakpointsOf(graph) {
  const known = new Set(graph.nodes.map(({ id }) => id));
  const own = lenet.filter(([path]) => path === '' || known.has(path));
  return own.map(([path, phase, condition], index) => ({ id: `${index}`, path, phase, condition, enabled: true }));
}

const graph = graphOf();
const ten = breakpointsOf(graph);
const opened = (breakpoints) => {
  const { training, faults, diagnostics } = createDebugging(graph, { shelf, breakpoints });
  if (!training) throw new Error(JSON.stringify([faults, diagnostics]));
  return () => {
    if (training.iterate() !== null) throw new Error('a condition held that never does');
  };
};
const { training: plain } = createTraining(graph, { shelf });
const runs = {
  'no debugger': () => plain.run.iterate(),
  'breakpoints off': opened(ten.map((each) => ({ ...each, enabled: false }))),
  [`${ten.length} conditions`]: opened(ten),
};
// Processor time, because a machine that is shared interrupts; the order turns, so that nobody is always first.
const times = Object.fromEntries(Object.keys(runs).map((key) => [key, []]));
const each = 4;
const names = Object.keys(runs);
for (let round = -6; round < rounds; round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const key = names[(turn + round + 6) % names.length];
    const start = process.cpuUsage();
    for (let i = 0; i < each; i++) runs[key]();
    const { user, system } = process.cpuUsage(start);
    if (round >= 0) times[key].push((user + system) / 1000 / each);
  }
}
const base = times['no debugger'];
for (const [key, list] of Object.entries(times)) {
  const ratios = list.map((time, i) => time / base[i]);
  const percent = (ratio) => `${ratio < 1 ? '' : '+'}${(100 * (ratio - 1)).toFixed(1)} %`;
  console.log(
    `${name}, ${key.padEnd(16)} ${median(list).toFixed(2).padStart(7)} ms, best ${Math.min(...list)
      .toFixed(2)
      .padStart(7)} ms: ` +
      `${percent(Math.min(...list) / Math.min(...base))} by the best, ${percent(median(list) / median(base))} by the medians, ` +
      `${percent(median(ratios))} by the median of ratios`,
  );
}
