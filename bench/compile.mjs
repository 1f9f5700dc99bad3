// Speed of the way from an edited graph to first values, and the size of the arena: milliseconds in Node, the first and the median of
// several edits. `npm run bench -- compile [part of a name]`
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, bundleFolder } from './lib/bundle.mjs';
import { median } from './lib/measure.mjs';
import { chain, resnet50, vgg16 } from './workloads/large.mjs';
import { findCase } from './workloads/workloads.mjs';

await bundle(['ours']);
const { createEditor } = await import(pathToFileURL(join(bundleFolder, 'ours.mjs')).href);
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const step = (net) => ({ net, kind: 'step', classes: 10 });
const cases = [
  ['LeNet-5, batch 32, every value kept', step(findCase('W2 step').net), 'debug', 12],
  ['LeNet-5, batch 32, training', step(findCase('W2 step').net), 'training', 12],
  ['ResNet-20, batch 16, training', step(findCase('W3 step').net), 'training', 6],
  ['ResNet-50, forward', { net: resnet50(), kind: 'forward' }, 'inference', 4],
  ['ResNet-50, every value kept', step(resnet50()), 'debug', 3],
  ['ResNet-50, training', step(resnet50()), 'training', 3],
  ['VGG-16, forward', { net: vgg16(), kind: 'forward' }, 'inference', 3],
  ['VGG-16, training', step(vgg16()), 'training', 2],
  ...[100, 1000, 10_000].map((count) => [
    `${count} nodes, training`,
    step(chain(count)),
    'training',
    count > 5000 ? 2 : 4,
  ]),
  ...[100, 1000, 10_000].map((count) => [
    `${count} nodes, every value kept`,
    step(chain(count)),
    'debug',
    count > 5000 ? 2 : 4,
  ]),
];

for (const [name, each, purpose, edits] of cases) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const editor = createEditor(each, purpose);
  const rows = [];
  for (let i = 0; i < edits; i++) rows.push(editor.edit());
  const first = rows[0];
  const later = rows.slice(1);
  const column = (key) => median(later.map((row) => row[key]));
  const { arena } = editor.plan;
  const parts = ['compile', 'bind', 'fill', 'run'].map((key) => `${key} ${column(key).toFixed(1)}`).join(', ');
  console.log(
    `${name.padEnd(42)} first ${first.total.toFixed(0).padStart(6)} ms, then ${column('total').toFixed(1).padStart(7)} ms (${parts}); ` +
      `arena ${(arena.scratchBytes / 2 ** 20).toFixed(1)} MiB = ${(arena.scratchBytes / arena.lowerBoundBytes).toFixed(3)}× the bound, ` +
      `${((100 * arena.scratchBytes) / arena.sumBytes).toFixed(0)} % of all`,
  );
}
