// Damage to JSON that stays JSON: values replaced, moved, repeated and left out, so that readers get past the syntax.
import type { Random } from '../../../src/tensor/random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const hostileValues: readonly Json[] = [
  null, true, -1, 0, 0.5, 3, 1e6, 1e9, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, '', 'x', 'N', '__proto__', 'a/b.y', 'in.x', 'out.y',
  [], {}, [-1], [1e9, 1e9], ['N', 'M'], { arg: 'hidden' }, { arg: 'nobody' }, { kind: 'normal', std: -1 }, [[1], [2, 3]],
]; // biome-ignore format: a list

interface Place {
  readonly owner: Json[] | { [key: string]: Json };
  readonly key: string | number;
}

/** One to four changes at random places. */
export function mutateJson(text: string, random: Random): string {
  const root = JSON.parse(text) as Json;
  for (let n = 1 + random.integer(4); n > 0; n--) {
    const places = placesOf(root);
    const place = places[random.integer(places.length)];
    if (!place) break;
    const other = places[random.integer(places.length)] as Place;
    change(place, other, random);
  }
  // JSON.stringify writes numbers that JSON cannot hold as null; 1e999 is read as infinite.
  return JSON.stringify(root).replace(/1e\+300/g, '1e999');
}

function change(place: Place, other: Place, random: Random): void {
  const { owner, key } = place;
  const set = (value: Json) => {
    if (Array.isArray(owner)) owner[key as number] = value;
    else Object.defineProperty(owner, key, { value, enumerable: true, configurable: true, writable: true });
  };
  switch (random.integer(6)) {
    case 0:
      if (Array.isArray(owner)) owner.splice(key as number, 1);
      else delete owner[key];
      return;
    case 1:
      if (Array.isArray(owner)) owner.push(copy(valueAt(place)));
      else owner[`${key}_2`] = copy(valueAt(place));
      return;
    case 2:
      set(copy(valueAt(other)));
      return;
    case 3:
      if (typeof valueAt(place) === 'number') {
        set((valueAt(place) as number) * (random.integer(2) === 0 ? -1 : 10 ** random.integer(9)));
        return;
      }
      set(copy(valueAt(other)));
      return;
    default:
      set(copy(hostileValues[random.integer(hostileValues.length)] as Json));
  }
}

const valueAt = ({ owner, key }: Place): Json => (owner as { [key: string]: Json })[key] as Json;
const copy = (value: Json): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

function placesOf(root: Json): Place[] {
  const places: Place[] = [];
  const walk = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    for (const key of keys) {
      places.push({ owner: value, key });
      walk((value as { [key: string]: Json })[key] as Json);
    }
  };
  walk(root);
  return places;
}
