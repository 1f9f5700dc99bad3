// Where the other engines' files lie, for a page and for Node alike; their modules find their WebAssembly beside themselves.
export const packages = typeof location === 'object' ? `${location.origin}/node_modules/` : globalThis.benchPackages;
