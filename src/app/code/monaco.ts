// Monaco with what a JSON editor needs and no more. The only file that knows its modules; loaded when the Code tab is shown.
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
// What the JSON mode brings later, too: services must be known before the first editor is made, or a second one fails.
import 'monaco-editor/features/codelens/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/diffEditor/register';
import 'monaco-editor/features/dropOrPasteInto/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';
import schema from '../../../public/graph.schema.json';
import type { Theme } from '../../engine/protocol/views.ts';
import { plainMessage } from '../ui/plain-message.ts';

export type GraphEditor = monaco.editor.IStandaloneCodeEditor;

const address = 'inmemory://graph/graph.json';
const plainAddress = 'inmemory://graph/formulas.txt';

/** Makes an editor with a model of its own, which `dispose` takes along. */
export function createGraphEditor(
  element: HTMLElement,
  text: string,
  theme: Theme,
  { label, plain }: { readonly label: string; readonly plain: boolean },
): GraphEditor {
  provideWorkers();
  jsonDefaults.setDiagnosticsOptions({
    validate: true,
    schemaValidation: 'error',
    enableSchemaRequest: false,
    schemas: [{ uri: 'inmemory://schema/graph.json', fileMatch: [address], schema }],
  });
  const uri = monaco.Uri.parse(plain ? plainAddress : address);
  monaco.editor.getModel(uri)?.dispose();
  const editor = monaco.editor.create(element, {
    model: monaco.editor.createModel(text, plain ? 'plaintext' : 'json', uri),
    theme: monacoTheme(theme),
    ariaLabel: label,
    automaticLayout: true,
    fontSize: 12.5,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    tabSize: 2,
    fixedOverflowWidgets: true,
    glyphMargin: true,
    padding: { top: 6, bottom: 6 },
  });
  editor.onDidDispose(() => monaco.editor.getModel(uri)?.dispose());
  return editor;
}

export interface DiffEditor {
  show(before: string, after: string): void;
  dispose(): void;
}

/** Two texts beside each other, or one below the other where it is narrow. */
export function createDiffEditor(element: HTMLElement, theme: Theme, label: string): DiffEditor {
  provideWorkers();
  const editor = monaco.editor.createDiffEditor(element, {
    theme: monacoTheme(theme),
    readOnly: true,
    originalEditable: false,
    automaticLayout: true,
    fontSize: 12,
    lineNumbersMinChars: 4,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    renderSideBySide: true,
    useInlineViewWhenSpaceIsLimited: true,
    hideUnchangedRegions: { enabled: true, contextLineCount: 3 },
    renderOverviewRuler: true,
    wordWrap: 'off',
  });
  editor.getOriginalEditor().updateOptions({ ariaLabel: `${label}: before` });
  editor.getModifiedEditor().updateOptions({ ariaLabel: `${label}: after` });
  const forget = (): void => {
    const models = editor.getModel();
    editor.setModel(null);
    models?.original.dispose();
    models?.modified.dispose();
  };
  return {
    show(before, after) {
      forget();
      editor.setModel({
        original: monaco.editor.createModel(before, 'plaintext'),
        modified: monaco.editor.createModel(after, 'plaintext'),
      });
    },
    dispose() {
      forget();
      editor.dispose();
    },
  };
}

function provideWorkers(): void {
  globalThis.MonacoEnvironment = {
    getWorker: (_, kind) => (kind === 'json' ? new JsonWorker() : new EditorWorker()),
  };
}

/** Monaco does not follow the page's colour scheme by itself. */
export function setEditorTheme(theme: Theme): void {
  monaco.editor.setTheme(monacoTheme(theme));
}

export interface Mark {
  readonly from: { readonly line: number; readonly column: number };
  readonly to: { readonly line: number; readonly column: number };
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
}

/** Marks of one owner in text and gutter; those before are gone. */
export function setMarks(editor: GraphEditor, owner: string, marks: readonly Mark[]): void {
  const model = editor.getModel();
  if (model === null) return;
  const severities = {
    error: monaco.MarkerSeverity.Error,
    warning: monaco.MarkerSeverity.Warning,
    info: monaco.MarkerSeverity.Info,
  };
  monaco.editor.setModelMarkers(
    model,
    owner,
    marks.map(({ from, to, message, severity }) => ({
      startLineNumber: from.line,
      startColumn: from.column,
      endLineNumber: to.line,
      endColumn: Math.max(to.column, from.line === to.line ? from.column + 1 : 1),
      message: plainMessage(message),
      severity: severities[severity],
    })),
  );
}

/** Faults in the gutter, beside their lines. */
export function setGutter(editor: GraphEditor, marks: readonly Mark[], className: string): () => void {
  const collection = editor.createDecorationsCollection(
    marks.map(({ from, message }) => ({
      range: new monaco.Range(from.line, 1, from.line, 1),
      options: { isWholeLine: true, glyphMarginClassName: className, glyphMarginHoverMessage: { value: message } },
    })),
  );
  return () => collection.clear();
}

/** Monaco's own colours on the page's surfaces (ui/tokens.css). */
function monacoTheme(theme: Theme): string {
  monaco.editor.defineTheme(`chainrule-${theme}`, {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [],
    colors:
      theme === 'dark'
        ? {
            'editor.background': '#1a1d21',
            'editorGutter.background': '#1a1d21',
            'editorLineNumber.foreground': '#9aa4b0',
          }
        : {
            'editor.background': '#ffffff',
            'editorGutter.background': '#ffffff',
            'editorLineNumber.foreground': '#59626d',
          },
  });
  return `chainrule-${theme}`;
}
