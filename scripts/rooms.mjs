// The rooms of src/ and who may import whom: the one table from which the lint (scripts/generators/biome-overrides.mjs)
// and the test (test/arch/rooms.test.ts) derive. Order is the rule: a room sees the rooms above it, unless `sees` says less.
// Type imports count. `src/app` is divided once more, by `areas`.

/**
 * @typedef {object} Room
 * @property {string} name      folder below src/
 * @property {string[]} [sees]  the only things it may import besides itself; `a/b` means modules of room `a` whose path starts with `b`
 * @property {string[]} [hides] rooms above that it must not see, with `sees` left out
 * @property {true} [surface] it may import src/index.ts, the library surface
 */

/** @type {Room[]} */
export const rooms = [
  { name: 'tensor' },
  { name: 'language' },
  { name: 'program' },
  { name: 'kernels' },
  { name: 'operators' },
  // Of the operators only the catalogue (pure data), so that the page, which needs the graph, stays small.
  {
    name: 'graph',
    sees: ['tensor', 'language', 'program', 'kernels', 'operators/catalogue', 'operators/catalogue-details'],
  },
  { name: 'compiler' },
  // A serialised plan runs without the graph and without the compiler that made it.
  { name: 'runtime', sees: ['tensor', 'language', 'program', 'kernels'] },
  { name: 'formats' },
  { name: 'training' },
  { name: 'insight' },
  { name: 'debugger' },
  { name: 'engine' },
  { name: 'library' },
  // A program among others: what it needs of the rooms, the library gives it.
  { name: 'cli', sees: [], surface: true },
  {
    name: 'app',
    sees: [
      'tensor',
      'language',
      'graph',
      'operators/catalogue',
      'operators/catalogue-details',
      'engine/protocol',
      'engine/client',
    ],
  },
];

/** The library surface: what other programs import. */
const surfaceFile = 'index.ts';

/** Modules directly in src/ (the public library surface): they see every room but these. */
export const surfaceHides = ['cli', 'app'];

/**
 * Inside src/app: shared areas in order (each sees those before it), then features that never see one another,
 * then the shell, which composes them. Files directly in src/app/ may see everything; they are seen by nobody.
 */
export const areas = {
  // overlays draw values (scales, histograms, thumbnails): nodes, inspector and viewers share them
  shared: ['ui', 'overlays', 'state', 'commands'],
  features: ['canvas', 'palette', 'inspector', 'debugger', 'trainer', 'charts', 'code'],
  top: ['shell'],
};

/**
 * Packages that belong to one place. `only` lists the path prefixes below src/ that may import them.
 * A package that is not listed may be imported anywhere.
 */
export const packageHomes = [
  { packages: ['@xyflow/react'], only: ['app/canvas/'] },
  { packages: ['recharts'], only: ['app/charts/'] },
  { packages: ['monaco-editor'], only: ['app/code/'] },
  { packages: ['protobufjs'], only: ['formats/onnx/'] },
  { packages: ['comlink'], only: ['engine/worker.ts', 'engine/client.ts'] },
  { packages: ['react', 'react-dom', 'zustand', 'radix-ui', 'cmdk', 'lucide-react', 'elkjs', 'idb'], only: ['app/'] },
  { packages: ['node:'], only: ['cli/'] },
];

/** Files outside src that a place may import: `from` as in packageHomes, `path` from src/. */
export const outsideFiles = [
  // The editor checks what is typed against the very schema that is published.
  { path: '../public/graph.schema.json', from: ['app/code/'] },
];

/** What a room may import from other rooms: room names, or `room/prefix` for a part of one. */
export function visibleFrom(roomName) {
  const index = rooms.findIndex((room) => room.name === roomName);
  if (index < 0) throw new Error(`no room called ${roomName}`);
  return rooms[index].sees ?? rooms.slice(0, index).map((room) => room.name);
}

/** The areas of src/app that an area may import, itself included. */
export function visibleAreas(area) {
  const shared = areas.shared.indexOf(area);
  if (shared >= 0) return areas.shared.slice(0, shared + 1);
  if (areas.features.includes(area)) return [...areas.shared, area];
  if (areas.top.includes(area)) return [...areas.shared, ...areas.features, ...areas.top];
  throw new Error(`no area of src/app called ${area}`);
}

/**
 * Why `from` may not import `to` (both paths below src/, such as `compiler/pipeline.ts`), or undefined when it may.
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
export function roomFault(from, to) {
  const fromRoom = roomOf(from);
  const toRoom = roomOf(to);
  if (fromRoom === undefined) {
    if (toRoom === undefined || !surfaceHides.includes(toRoom)) return undefined;
    return `the library surface does not see ${toRoom}`;
  }
  if (toRoom === undefined) {
    const allowed = to === surfaceFile && rooms.some(({ name, surface }) => name === fromRoom && surface);
    return allowed ? undefined : `${fromRoom} imports ${to}, which lies outside every room`;
  }
  if (fromRoom !== toRoom) {
    const seen = visibleFrom(fromRoom).some((entry) =>
      entry.includes('/') ? to.startsWith(`${entry}.`) || to.startsWith(`${entry}/`) : entry === toRoom,
    );
    return seen ? undefined : `${fromRoom} does not see ${to}`;
  }
  if (fromRoom !== 'app') return undefined;
  const fromArea = areaOf(from);
  const toArea = areaOf(to);
  if (fromArea === undefined) return undefined;
  if (toArea === undefined) return `files directly in src/app are seen by nobody: ${to}`;
  return visibleAreas(fromArea).includes(toArea) ? undefined : `app/${fromArea} does not see app/${toArea}`;
}

/**
 * Why `from` may not import the package `specifier`, or undefined when it may.
 * @param {string} from
 * @param {string} specifier
 * @returns {string | undefined}
 */
export function packageFault(from, specifier) {
  for (const { packages, only } of packageHomes) {
    if (!packages.some((name) => isPackage(name, specifier))) continue;
    if (!only.some((prefix) => from.startsWith(prefix))) return `${specifier} belongs to ${only.join(', ')}`;
  }
  return undefined;
}

/** The room of a path below src/, or undefined for a file directly in src/. */
export function roomOf(path) {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined;
}

function areaOf(path) {
  const rest = path.slice('app/'.length);
  return rest.includes('/') ? rest.slice(0, rest.indexOf('/')) : undefined;
}

function isPackage(name, specifier) {
  if (name.endsWith(':')) return specifier.startsWith(name);
  return specifier === name || specifier.startsWith(`${name}/`);
}
