// A node on the canvas: what it is, its shapes, its numbers or the slots for its pictures (drawn by the picture layer), its
// faults and its state. States are told by shape and text, never by colour alone.
import type { NodeProps } from '@xyflow/react';
import { Hourglass, LogIn, TriangleAlert } from 'lucide-react';
import { lazy, memo, Suspense, useMemo } from 'react';
import { parameterPath } from '../../language/value-name.ts';
import { findOperator } from '../../operators/catalogue.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { isStale, nextStep, type SessionData, withAncestors } from '../state/session-store.ts';
import { dotOf, toggledBreakpoint } from '../state/view-store.ts';
import { cx } from '../ui/cx.ts';
import { familyLooks } from '../ui/family-look.ts';
import { formatBytes, formatCount } from '../ui/format.ts';
import { Message } from '../ui/message.tsx';
import { plainMessage } from '../ui/plain-message.ts';
import { SmallButton } from '../ui/small-button.tsx';
import { texts } from '../ui/texts.ts';
import type { FlowNode } from './flow-types.ts';
import { rows } from './model/node-geometry.ts';
import { inputShapes, nodeValues, shortShape, waitsText } from './node-facts.ts';
import styles from './op-node.module.css';
import { Additions } from './parts/additions.tsx';
import { Numbers } from './parts/numbers.tsx';
import { Port } from './parts/port.tsx';

// The first graph has numbers and no pictures.
const Pictures = lazy(async () => ({ default: (await import('./parts/pictures.tsx')).Pictures }));

export const OpNode = memo(function OpNode({ data, selected }: NodeProps<FlowNode>) {
  const { model, geometry, body, path, readOnly } = data;
  const { icon: Icon, color } = familyLooks[model.family];
  const faults = useFaults(path);
  const message = faults[0];
  const waits = useSession((session) => waitsText(session.report, path));
  const stale = useSession(isStale);
  const { document } = useWorkbench();
  const isLoss = useDocument(({ graph }) =>
    graph.training.loss === undefined
      ? findOperator(model.op)?.traits.loss === true
      : graph.training.loss.startsWith(`${path}.`),
  );
  const current = useSession(
    (session) =>
      currentStep(session, path) ?? (isLoss ? undrawnStep(session, document.store.getState().graph.nodes) : null),
  );
  const border = model.kind === 'in' || model.kind === 'out';
  const errors = faults.some((fault) => fault.severity === 'error');
  return (
    <div
      className={cx(
        styles['node'],
        selected && styles['selected'],
        current !== null && styles['current'],
        errors && styles['failing'],
        waits !== null && styles['waiting'],
        stale && styles['stale'],
        border && styles['border'],
      )}
      style={{ '--family': color, width: geometry.width, height: geometry.height }}
      data-node={model.id}
      data-op={model.op}
    >
      <div className={styles['bar']} />
      {!border && <BreakpointGutter path={path} />}
      {current !== null && <span className={styles['tag']}>{current}</span>}
      <div className={styles['header']} style={{ height: rows.header }}>
        {!border && <Done path={path} />}
        <Icon size={14} color={color} className={styles['icon']} aria-hidden />
        <b className={styles['title']}>{model.title}</b>
        {!border && <span className={styles['name']}>{model.name}</span>}
        {model.opens && !border && <EnterButton id={model.id} />}
      </div>
      {!border && <ShapeLine data={data} />}
      {message !== undefined && (
        <p
          className={cx(styles['message'], styles[message.severity])}
          style={{ height: rows.message }}
          title={plainMessage(message.message)}
        >
          <TriangleAlert size={13} aria-label={texts.problems[message.severity]} />
          <span>
            <Message text={message.message} />
          </span>
        </p>
      )}
      {message === undefined && waits !== null && (
        <p
          className={cx(styles['message'], styles['waits'])}
          style={{ height: rows.message }}
          title={plainMessage(waits)}
        >
          <Hourglass size={13} aria-hidden />
          <span>
            <Message text={waits} />
          </span>
        </p>
      )}
      {body === 'numbers' && <Numbers data={data} />}
      {(body === 'pictures' || body === 'filters') && (
        <Suspense fallback={null}>
          <Pictures data={data} />
        </Suspense>
      )}
      {body !== 'none' && <Footer path={path} />}
      {isLoss && !readOnly && <Additions />}
      {border &&
        geometry.ports.map(({ name, y }) => (
          <span
            key={name}
            className={styles['portName']}
            style={{ top: y, [model.kind === 'in' ? 'right' : 'left']: 12 }}
          >
            {name}
          </span>
        ))}
      {geometry.ports.map((place) => {
        const port = (place.side === 'input' ? model.inputs : model.outputs).find((each) => each.name === place.name);
        if (port === undefined) return null;
        const fault = faults.find((each) => each.at.port === place.name && place.side === 'input');
        return (
          <Port
            key={`${place.side} ${place.name}`}
            node={model.id}
            path={path}
            place={place}
            port={port}
            fault={fault?.message}
            readOnly={readOnly}
          />
        );
      })}
    </div>
  );
});

/** The step that runs next, when it is this node's or lies inside it. */
function currentStep(session: SessionData, path: string): string | null {
  const next = nextStep(session);
  if (next === undefined || session.session === null || !withAncestors(next.node).includes(path)) return null;
  return `${texts.canvas.step(session.session.cursor + 1)} · ${texts.phases[next.phase]}`;
}

/** What training adds to the graph (metrics, penalties) has no node of its own: its steps are told at the loss. */
function undrawnStep(session: SessionData, nodes: readonly { readonly id: string }[]): string | null {
  const next = nextStep(session);
  if (next === undefined || session.session === null) return null;
  const top = next.node.replace(/[[/].*$/, '');
  if (nodes.some(({ id }) => id === top)) return null;
  return `${texts.canvas.step(session.session.cursor + 1)} · ${next.node}`;
}

function useFaults(path: string): readonly Diagnostic[] {
  const problems = useSession((session) => session.problems);
  // What the file said of the node comes first: an operator that is not supported is called by its own name there.
  const read = useDocument((data) => data.faults);
  return useMemo(() => {
    const own = [...read, ...problems].filter(
      ({ at }) => at.path !== undefined && parameterPath(at.path) === parameterPath(path),
    );
    return own
      .filter(({ severity }) => severity !== 'info')
      .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
  }, [problems, read, path]);
}

/** A filled dot once the node's value is computed, a hollow one before. */
function Done({ path }: { readonly path: string }) {
  const done = useSession((session) => {
    const last = session.lastSteps[path]?.forward;
    const cursor = session.session?.cursor ?? 0;
    const facts = session.report?.nodes[path];
    const runs = facts !== undefined && facts.waitsFor === undefined && session.session !== null;
    return runs && (last === undefined || last < cursor);
  });
  const text = done ? texts.canvas.computed : texts.canvas.pending;
  return <span className={cx(styles['dot'], done && styles['done'])} role="img" aria-label={text} title={text} />;
}

function EnterButton({ id }: { readonly id: string }) {
  const { enter } = useWorkbench();
  return (
    <SmallButton
      className={cx(styles['enter'], 'nodrag')}
      label={texts.commands.enter}
      icon={LogIn}
      tabIndex={-1}
      onClick={() => void enter(id)}
    />
  );
}

function ShapeLine({ data: { path, model } }: { readonly data: FlowNode['data'] }) {
  const given = useSession((session) => inputShapes(session.report, path, model));
  const made = useSession((session) => {
    const values = nodeValues(session.report, path, model);
    return values === null ? '' : shortShape(values.shape);
  });
  return (
    <div className={styles['shape']} style={{ height: rows.shape }} data-shape="">
      {given !== '' && (
        <>
          {given}
          <i> → </i>
        </>
      )}
      <b>{made === '' ? texts.canvas.anyShape : made}</b>
    </div>
  );
}

function Footer({ path }: { readonly path: string }) {
  const facts = useSession((session) => session.report?.nodes[path]);
  return (
    <div className={styles['footer']} style={{ height: rows.footer }}>
      {facts && (
        <>
          <span>
            {facts.parameterCount > 0
              ? texts.canvas.parameters(formatCount(facts.parameterCount))
              : texts.canvas.noParameters}
          </span>
          <span>{facts.flops > 0 ? texts.canvas.flops(formatCount(facts.flops)) : ''}</span>
          <span>{formatBytes(facts.bytes)}</span>
        </>
      )}
    </div>
  );
}

function BreakpointGutter({ path }: { readonly path: string }) {
  const { look, view } = useWorkbench();
  const dot = useView(({ breakpoints }) => dotOf(breakpoints.filter((each) => each.path === path)));
  const phases = useView((state) =>
    state.breakpoints
      .filter((each) => each.path === path)
      .map(({ phase, enabled }) => texts.phases[phase] + (enabled ? '' : ` (${texts.canvas.breakpointOff})`))
      .join(', '),
  );
  const name = `${texts.canvas.breakpoint}${phases === '' ? '' : `: ${phases}`}`;
  return (
    <button
      type="button"
      className={cx(styles['gutter'], styles[dot], 'nodrag')}
      aria-label={name}
      aria-pressed={dot === 'on'}
      title={name}
      tabIndex={-1}
      onClick={() => look({ breakpoints: toggledBreakpoint(view.getState().breakpoints, path) })}
    />
  );
}
