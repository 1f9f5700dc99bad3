// The graph as text, both ways. The side with the focus writes: text that reads well becomes one undoable edit, changes of the
// canvas become the smallest change of the text. Broken text stays with its faults marked, and the last good graph with it.
import { CircleAlert, CircleCheck, Undo2 } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { replaceGraph } from '../../graph/edits/replace-graph.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { useDocument, useSession, useTheme, useView, useWorkbench } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { Message } from '../ui/message.tsx';
import { type CodeLanguage, codeLanguages } from './code-language.ts';
import styles from './code-panel.module.css';
import { createGraphEditor, type GraphEditor, type Mark, setEditorTheme, setGutter, setMarks } from './monaco.ts';
import { textEdit } from './text-edit.ts';

const t = laterTexts.code;

/** Quiet time after typing before the text is read. */
const debounceMs = 250;

export function CodePanel() {
  const { look } = useWorkbench();
  const id = useView((view) => view.codeLanguage);
  const language = codeLanguages[id];
  const sayable = useDocument(({ graph }) => language.print(graph) !== null);
  return (
    <div className={styles['panel']}>
      <div className={styles['languages']} role="group" aria-label={t.language}>
        {Object.values(codeLanguages).map((each) => (
          <Button key={each.id} look="quiet" pressed={each.id === id} onClick={() => look({ codeLanguage: each.id })}>
            {each.texts.title}
          </Button>
        ))}
      </div>
      {sayable ? (
        <CodeEditor key={id} language={language} />
      ) : (
        <div className={styles['unsayable']}>
          <p>{t.unsayable}</p>
          <p>{t.example}</p>
          <Button onClick={() => look({ codeLanguage: 'json' })}>{t.showJson}</Button>
        </div>
      )}
    </div>
  );
}

function CodeEditor({ language }: { readonly language: CodeLanguage }) {
  const { document } = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<GraphEditor | null>(null);
  const theme = useTheme();
  const firstTheme = useRef(theme);

  useEffect(() => {
    if (box.current === null) return;
    const made = createGraphEditor(
      box.current,
      language.print(document.store.getState().graph) ?? '',
      firstTheme.current,
      { label: language.texts.label, plain: language.id !== 'json' },
    );
    setEditor(made);
    return () => made.dispose();
  }, [document, language]);
  useEffect(() => setEditorTheme(theme), [theme]);

  const { faults, discard } = useSync(editor, language);
  useCompilerMarks(editor, language, faults.length > 0);
  useSelectionMark(editor, language, faults.length > 0);
  return (
    <>
      {/* nokey: the canvas would take Space for itself, since the editor's field is none of the usual ones. */}
      <div ref={box} className={cx(styles['editor'], 'nokey')} data-editor={language.id} />
      <div className={styles['status']} role="status">
        {faults.length === 0 ? (
          <p className={styles['good']}>
            <CircleCheck size={14} aria-hidden />
            {t.good}
          </p>
        ) : (
          <>
            <p className={styles['broken']}>
              <CircleAlert size={14} aria-hidden />
              {language.texts.broken}
              <Button icon={Undo2} onClick={discard}>
                {t.discard}
              </Button>
            </p>
            <ul>
              {faults.map(({ from, message }) => (
                <li key={`${from.line} ${from.column} ${message}`}>
                  <button
                    type="button"
                    onClick={() => {
                      editor?.setPosition({ lineNumber: from.line, column: from.column });
                      editor?.focus();
                    }}
                  >
                    <code>
                      {from.line}:{from.column}
                    </code>{' '}
                    {/* Its place stands before it already. */}
                    <Message text={message.replace(/^line \d+, column \d+: /, '')} />
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </>
  );
}

/** Keeps text and document the same, and tells what is wrong with the text while it is not. */
function useSync(
  editor: GraphEditor | null,
  language: CodeLanguage,
): { readonly faults: readonly Mark[]; readonly discard: () => void } {
  const { document, edit, link } = useWorkbench();
  const [faults, setFaults] = useState<readonly Mark[]>([]);
  /** The graph that text and document agree on; null while the text is broken. */
  const agreed = useRef<GraphFile | null>(null);
  /** The text is being changed by us, not by the user. */
  const writing = useRef(false);

  const write = useCallback(
    (graph: GraphFile) => {
      const model = editor?.getModel();
      if (!editor || !model) return;
      const text = language.print(graph);
      // Told in place of the editor.
      if (text === null) return;
      const change = textEdit(model.getValue(), text);
      agreed.current = graph;
      setFaults([]);
      setMarks(editor, 'graph', []);
      if (change === null) return;
      const [from, to] = [model.getPositionAt(change.from), model.getPositionAt(change.to)];
      const range = {
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      };
      writing.current = true;
      model.pushEditOperations([], [{ range, text: change.text }], () => null);
      writing.current = false;
    },
    [editor, language],
  );

  useEffect(() => {
    if (editor === null) return;
    agreed.current = document.store.getState().graph;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let clearGutter = (): void => undefined;
    let alive = true;

    const read = async (): Promise<void> => {
      clearTimeout(timer);
      timer = undefined;
      const text = editor.getValue();
      const result = await language.read(text, document.store.getState().graph, link.readGraph);
      // Typed on, or left with another reading under way: the later one counts.
      if (result === null || timer !== undefined || (alive && editor.getValue() !== text)) return;
      const { graph, marks } = result;
      if (graph !== null) {
        agreed.current = graph;
        edit(language.texts.edit, (draft) => replaceGraph(draft, graph), `code ${language.id}`);
      }
      if (!alive) return;
      const errors = marks.filter(({ severity }) => severity === 'error');
      setMarks(editor, 'graph', marks);
      clearGutter();
      clearGutter = setGutter(editor, errors, styles['glyph'] as string);
      setFaults(errors);
    };
    const onText = editor.onDidChangeModelContent(() => {
      clearTimeout(timer);
      timer = undefined;
      if (writing.current) {
        clearGutter();
        return;
      }
      agreed.current = null;
      timer = setTimeout(() => void read(), debounceMs);
    });
    // What was typed last must not be lost when the panel is left or the canvas takes over.
    const onBlur = editor.onDidBlurEditorText(() => {
      if (timer !== undefined) void read();
    });
    const stop = document.store.subscribe((state, before) => {
      if (state.graph === before.graph || agreed.current === null) return;
      if (language.print(agreed.current) !== language.print(state.graph)) write(state.graph);
      else agreed.current = state.graph;
    });
    return () => {
      if (timer !== undefined) void read();
      alive = false;
      onText.dispose();
      onBlur.dispose();
      stop();
      clearGutter();
    };
  }, [editor, language, document, edit, link, write]);

  return { faults, discard: () => write(document.store.getState().graph) };
}

/** Faults of the compiler stand at their nodes, too. */
function useCompilerMarks(editor: GraphEditor | null, language: CodeLanguage, broken: boolean): void {
  const { document } = useWorkbench();
  const problems = useSession((data) => data.problems);
  useEffect(() => {
    if (editor === null) return;
    const { graph } = document.store.getState();
    setMarks(editor, 'compiler', broken ? [] : language.marks(editor.getValue(), graph, problems));
  }, [editor, language, document, problems, broken]);
}

/** The selected node's text comes into view, unless somebody is writing. */
function useSelectionMark(editor: GraphEditor | null, language: CodeLanguage, broken: boolean): void {
  const { document } = useWorkbench();
  const id = useView(({ selection, scope }) =>
    selection.length === 1 && scope.length === 0 ? selection[0] : undefined,
  );
  useEffect(() => {
    if (editor === null || id === undefined || broken || editor.hasTextFocus()) return;
    const [mark] = language.marks(editor.getValue(), document.store.getState().graph, [
      { code: 'I_SELECTED', severity: 'warning', message: '', at: { path: id } },
    ]);
    if (mark === undefined) return;
    editor.setPosition({ lineNumber: mark.from.line, column: mark.from.column });
    editor.revealLineInCenterIfOutsideViewport(mark.from.line);
  }, [editor, language, document, id, broken]);
}
