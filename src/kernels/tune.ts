// Which register tile to use. Results are the same for every tile, so that this is only about speed.
import type { Tile } from './emit/emitter.ts';

/** The tile that fills the 15 vector registers of x86-64 engines without spilling; a product needs one without FMA. */
export function defaultTile(fma: boolean): Tile {
  return fma ? { rows: 6, columns: 8 } : { rows: 4, columns: 8 };
}
