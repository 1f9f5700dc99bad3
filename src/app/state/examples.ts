// The graphs in examples/, each a chunk of its own that is loaded when chosen; only names and descriptions come with the page.
import { texts } from '../ui/texts.ts';

export interface Example {
  /** File name without its ending. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The text of the file. */
  load(): Promise<string>;
}

/** All examples, simplest first as far as their order is known, else by name. */
export function listExamples(): readonly Example[] {
  const titles = import.meta.glob<string>('../../../examples/*.json', { eager: true, import: 'name' });
  const descriptions = import.meta.glob<string | undefined>('../../../examples/*.json', {
    eager: true,
    import: 'description',
  });
  const loaders = import.meta.glob<string>('../../../examples/*.json', { query: '?raw', import: 'default' });
  const all = Object.entries(loaders).map(([path, load]): Example => {
    const id = /([^/]+)\.json$/.exec(path)?.[1] ?? path;
    return { id, title: titles[path] ?? texts.shell.untitled, description: descriptions[path] ?? '', load };
  });
  const rank = (id: string): number => {
    const at = lessons.indexOf(id);
    return at < 0 ? lessons.length : at;
  };
  return all.sort((a, b) => rank(a.id) - rank(b.id) || a.title.localeCompare(b.title));
}

/** The order in which a course meets them. */
const lessons: readonly string[] = [
  'xyz',
  'sigmoid-neuron',
  'svm-classifier',
  'softmax-classifier',
  'spirals',
  'lenet5',
  'resnet',
  'char-lstm',
];
