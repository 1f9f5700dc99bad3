// What breakpoints cost while training: milliseconds an iteration without any, with none that is enabled, with ten conditions on
// activations, gradients, weights and updates; turn by turn in one run. Once as the example draws its pictures, and once with
// pictures from memory, where an iteration is hardly more than the plan's own step. `--each`: every condition alone, too.
// `npm run bench -- debugger [example] [--rounds N] [--each]`
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
const rounds = at < 0 ? 40 : Number(words.splice(at, 2)[1]);
const [name = 'lenet5'] = words.filter((word) => !word.startsWith('--'));
const shelf = createDataShelf();

/** The same data, of which so many batches are made once and given out again and again. */
function fromMemory(batches = 32) {
  const kept = (split) => {
    const made = new Map();
    return {
      ...split,
      fill(field, indices, from, count, out) {
        const own = made.get(field) ?? { next: 0, list: [] };
        made.set(field, own);
        const known = own.list[own.next % batches];
        if (known) out.set(known);
        else {
          split.fill(field, indices, from, count, out);
          own.list.push(out.slice());
        }
        own.next++;
      },
    };
  };
  return {
    ...shelf,
    open(data, seed) {
      const opened = shelf.open(data, seed);
      if (!opened.dataset) return opened;
      const { splits } = opened.dataset;
      return { ...opened, dataset: { ...opened.dataset, splits: { ...splits, train: kept(splits.train) } } };
    },
  };
}

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

function opened(breakpoints, from) {
  const { training, faults, diagnostics } = createDebugging(graph, { shelf: from, breakpoints });
  if (!training) throw new Error(JSON.stringify([faults, diagnostics]));
  return () => {
    if (training.iterate() !== null) throw new Error('a condition held that never does');
  };
}

function plain(from) {
  const { run } = createTraining(graph, { shelf: from }).training;
  return () => run.iterate();
}

/** The first one is what the others are compared with. */
function compare(title, runs) {
  // Processor time, because a machine that is shared interrupts; the order turns, so that nobody is always first.
  const names = Object.keys(runs);
  const times = Object.fromEntries(names.map((key) => [key, []]));
  // Enough of one after the other that caches are its own.
  const each = 12;
  for (let round = -4; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const key = names[(turn + round + 4) % names.length];
      const start = process.cpuUsage();
      for (let i = 0; i < each; i++) runs[key]();
      const { user, system } = process.cpuUsage(start);
      if (round >= 0) times[key].push((user + system) / 1000 / each);
    }
  }
  const base = times[names[0]];
  const percent = (ratio) => `${ratio < 1 ? '' : '+'}${(100 * (ratio - 1)).toFixed(1)} %`;
  const ms = (time) => `${time.toFixed(2)} ms`;
  for (const [key, list] of Object.entries(times)) {
    const more = 1000 * median(list.map((time, i) => time - base[i]));
    console.log(
      `${name}, ${title}, ${key.padEnd(16)} ${ms(median(list))}, best ${ms(Math.min(...list))}: ` +
        `${percent(Math.min(...list) / Math.min(...base))} by the best, ${percent(median(list) / median(base))} by the medians, ` +
        `${percent(median(list.map((time, i) => time / base[i])))} by the median of ratios (${more.toFixed(0)} µs)`,
    );
  }
}

const runsOn = (from) => ({
  'no debugger': plain(from),
  'breakpoints off': opened(
    ten.map((each) => ({ ...each, enabled: false })),
    from,
  ),
  [`${ten.length} conditions`]: opened(ten, from),
});
compare('drawn', runsOn(shelf));
compare('from memory', {
  ...runsOn(fromMemory()),
  ...(words.includes('--each')
    ? Object.fromEntries(ten.map((each) => [each.condition, opened([each], fromMemory())]))
    : {}),
});
