// Writes the rooms table as noRestrictedImports overrides into biome.rooms.json, which biome.json extends: one for each
// folder that has a rule of its own. An override replaces a rule's options whole, so each carries all that holds for
// its files; later ones win.
import { areas, packageHomes, rooms, surfaceHides, visibleAreas, visibleFrom } from '../rooms.mjs';

const depths = ['../', '../../', '../../../'];

export const biomeOverrides = {
  name: 'lint overrides',
  outputs: ['biome.rooms.json'],
  async run() {
    const lines = generatedOverrides().map((entry) => JSON.stringify(entry));
    return { 'biome.rooms.json': `{\n"overrides": [\n${lines.join(',\n')}\n]\n}\n` };
  },
};

/** The overrides that follow from the rooms table, most general first. */
export function generatedOverrides() {
  const folders = [
    override(['src/*.ts'], '', hidePatterns(surfaceHides, [], ['./'], 'the library surface')),
    ...rooms.map((room) => override([`src/${room.name}/**`], `${room.name}/`, roomPatterns(room.name))),
  ];
  const names = [...areas.shared, ...areas.features, ...areas.top];
  const appAreas = names.map((area) =>
    override([`src/app/${area}/**`], `app/${area}/`, [...roomPatterns('app', names), ...areaPatterns(area)]),
  );
  const files = packageHomes
    .flatMap(({ only }) => only)
    .filter((prefix) => prefix.endsWith('.ts'))
    .map((file) => override([`src/${file}`], file, roomPatterns(file.slice(0, file.indexOf('/')))));
  return [...folders, ...appAreas, ...unique(files)];
}

function override(includes, path, patterns) {
  const options = { patterns: [...patterns, ...packagePatterns(path)] };
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } } };
}

function roomPatterns(name, besides = []) {
  const visible = visibleFrom(name);
  const hidden = rooms.map((room) => room.name).filter((other) => other !== name && !visible.includes(other));
  const parts = visible.filter((entry) => entry.includes('/'));
  return hidePatterns(hidden, parts, depths, `src/${name}`, besides);
}

function areaPatterns(area) {
  const visible = visibleAreas(area);
  const hidden = [...areas.shared, ...areas.features, ...areas.top].filter((other) => !visible.includes(other));
  return hidePatterns(hidden, [], depths, `src/app/${area}`);
}

/** @param besides names that mean something else one folder up: an area of the page may be called as a room is */
function hidePatterns(hidden, shownParts, prefixes, who, besides = []) {
  if (hidden.length === 0) return [];
  const group = prefixes.flatMap((prefix) => [
    ...hidden.filter((name) => prefix !== '../' || !besides.includes(name)).map((name) => `${prefix}${name}/**`),
    ...shownParts.flatMap((part) => [`!${prefix}${part}*`, `!${prefix}${part}/**`]),
  ]);
  return [{ group, message: `${who} does not see this room (scripts/rooms.mjs).` }];
}

function packagePatterns(path) {
  return packageHomes
    .filter(({ only }) => !only.some((prefix) => path.startsWith(prefix)))
    .map(({ packages, only }) => ({
      group: packages.flatMap((name) => (name.endsWith(':') ? [`${name}*`] : [name, `${name}/**`])),
      message: `Belongs to ${only.map((prefix) => `src/${prefix}`).join(', ')} (scripts/rooms.mjs).`,
    }));
}

function unique(overrides) {
  const seen = new Map(overrides.map((entry) => [entry.includes[0], entry]));
  return [...seen.values()];
}
