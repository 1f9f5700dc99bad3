import { Trash2 } from 'lucide-react';
import type { Breakpoint } from '../../engine/protocol.ts';
import { useView, useWorkbench } from '../state/context.tsx';
import { IconButton } from '../ui/button.tsx';
import { PhaseMark } from '../ui/phase-mark.tsx';
import { texts } from '../ui/texts.ts';
import styles from './breakpoint-list.module.css';

/** Every breakpoint of the graph: on and off, show its node, take it away. */
export function BreakpointList() {
  const { look, reveal } = useWorkbench();
  const breakpoints = useView((state) => state.breakpoints);
  const replace = (old: Breakpoint, next: readonly Breakpoint[]): void =>
    look({ breakpoints: breakpoints.flatMap((each) => (each === old ? next : [each])) });
  return (
    <section className={styles['list']} aria-label={texts.debugger.breakpoints}>
      <h3>{texts.debugger.breakpoints}</h3>
      {breakpoints.length === 0 && <p className={styles['none']}>{texts.debugger.noBreakpoints}</p>}
      <ul>
        {breakpoints.map((each) => {
          const name = `${each.path}, ${texts.phases[each.phase]}`;
          return (
            <li key={name}>
              <input
                type="checkbox"
                checked={each.enabled}
                aria-label={texts.debugger.enabled(name)}
                onChange={({ target }) => replace(each, [{ ...each, enabled: target.checked }])}
              />
              <PhaseMark phase={each.phase} />
              <button type="button" className={styles['place']} onClick={() => void reveal(each.path)}>
                {each.path}
              </button>
              <IconButton
                label={texts.debugger.removeBreakpoint(name)}
                icon={Trash2}
                onClick={() => replace(each, [])}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
