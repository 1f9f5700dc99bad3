// Why the run stands still, and how it goes on: the breakpoint that stopped it, the numbers it found, continue, switch off, edit.
import { CircleDot, Pencil, Play, PowerOff } from 'lucide-react';
import { continueCommand } from '../../commands/continue.ts';
import { useCommand } from '../../commands/use-command.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { breakpointId } from '../../state/view-store.ts';
import { Button } from '../../ui/button.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import styles from './stop-notice.module.css';

const t = debuggerTexts.stop;

export function StopNotice() {
  const { look, reveal, view } = useWorkbench();
  const hit = useSession((data) => data.session?.hits?.[0]);
  const others = useSession((data) => (data.session?.hits?.length ?? 1) - 1);
  const stoppedTraining = useSession((data) => data.session?.stoppedTraining === true);
  const breakpoint = useView(({ breakpoints }) => breakpoints.find((each) => breakpointId(each) === hit?.id));
  const { run, enabled, keys } = useCommand(continueCommand);
  if (hit === undefined) return null;
  const { node, phase, iteration, cursor, expression, values, count } = hit;
  const found = Object.entries(values);
  const switchOff = (): void =>
    look({
      breakpoints: view
        .getState()
        .breakpoints.map((each) => (each === breakpoint ? { ...each, enabled: false } : each)),
    });
  const edit = (): void =>
    look({ dockOpen: true, dockTab: 'debugger', debuggerSide: 'breakpoints', editedBreakpoint: hit.id });
  return (
    <section className={styles['bar']} aria-label={t.title}>
      <CircleDot size={15} className={styles['icon']} aria-hidden />
      <p className={styles['why']} role="status">
        <b>{expression === null ? t.before(node, texts.phases[phase]) : t.after(node, texts.phases[phase])}</b>
        {expression !== null && <code title={expression}>{expression}</code>}
        {found.length > 0 && <span>{found.map(([text, value]) => t.found(text, formatNumber(value))).join(', ')}</span>}
        <small>{t.where(iteration, cursor, count)}</small>
        {others > 0 && <small>{t.others(others)}</small>}
      </p>
      <Button look="primary" icon={Play} disabled={!enabled} title={keys} onClick={run}>
        {stoppedTraining ? t.trainOn : continueCommand.title}
      </Button>
      {breakpoint?.enabled === true && (
        <Button icon={PowerOff} title={t.switchOffHint} onClick={switchOff}>
          {t.switchOff}
        </Button>
      )}
      {breakpoint !== undefined && (
        <Button icon={Pencil} onClick={edit}>
          {t.edit}
        </Button>
      )}
      {node !== '' && (
        <Button look="quiet" onClick={() => void reveal(node)}>
          {t.show}
        </Button>
      )}
    </section>
  );
}
