// What stops and what is watched follows nodes that were renamed, grouped or taken out of a block. Loaded when one has moved.
import { followPath } from '../../graph/moved-nodes.ts';
import { followInCondition, followInMessage } from '../../language/follow-names.ts';
import type { ViewData } from './view-store.ts';

type Followed = Pick<ViewData, 'breakpoints' | 'watches'>;

/** @param moved instance path → instance path, as the engine's report tells it */
export function followMoved({ breakpoints, watches }: Followed, moved: Readonly<Record<string, string>>): Followed {
  const paths = new Map(Object.entries(moved));
  const follow = (path: string): string => followPath(path, paths);
  return {
    breakpoints: breakpoints.map(({ condition, log, ...each }) => ({
      ...each,
      path: follow(each.path),
      // At a node a bare name is its port.
      ...(condition === undefined ? {} : { condition: followInCondition(condition, follow, each.path === '') }),
      ...(log === undefined ? {} : { log: followInMessage(log, follow, each.path === '') }),
    })),
    watches: watches.map((watch) => ({
      ...watch,
      path: follow(watch.path),
      expression: followInCondition(watch.expression, follow, watch.path === ''),
    })),
  };
}
