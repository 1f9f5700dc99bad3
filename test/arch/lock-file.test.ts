// package-lock.json installs everywhere: `npm ci` refuses a lock that leaves out a package for another platform, and npm
// leaves it out without a word when the registry at hand did not have it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, '../..', name), 'utf8'));
const packages = read('package-lock.json').packages as Readonly<Record<string, LockedPackage>>;

test('every optional package of a locked package is locked too', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

test('no address of a registry stands in the lock', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('package.json names exact versions, the same as the lock', () => {
  const { dependencies, devDependencies } = read('package.json') as LockedPackage;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect({ name, version: packages[`node_modules/${name}`]?.version }).toEqual({ name, version });
  }
});
