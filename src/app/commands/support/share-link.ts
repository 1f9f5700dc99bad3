// A session without its numbers in the address of the page: nothing is sent to a server, the part behind # stays in the browser.
import { decodeBase64, encodeBase64 } from '../../../tensor/base64.ts';
import type { Workbench } from '../../state/workbench.ts';
import { formatCount } from '../../ui/format.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { tellDiagnostics } from './tell-diagnostics.ts';

const t = laterTexts.files;
const prefix = '#session=';
/** Beyond this, mail and chat programs cut addresses off. */
const mostCharacters = 32_000;

export async function copyLink({ link, view, notices }: Workbench): Promise<void> {
  const answer = await link.askOfScreen((api) => api.exportFile('link', view.getState().scope));
  if (answer === null) return;
  if (answer.bytes === null) {
    notices.add({ kind: 'error', text: t.noLink, detail: tellDiagnostics(answer.diagnostics) });
    return;
  }
  const url = `${location.origin}${location.pathname}${location.search}${prefix}${toAddress(answer.bytes)}`;
  if (url.length > mostCharacters) {
    notices.add({ kind: 'warning', text: t.linkTooLong(formatCount(url.length), formatCount(mostCharacters)) });
    return;
  }
  const detail = answer.diagnostics.map(({ message, hint }) => [message, hint].join('. ')).join('\n');
  try {
    await navigator.clipboard.writeText(url);
    notices.add({ kind: 'success', text: t.linkCopied, ...(detail === '' ? {} : { detail }) });
  } catch {
    history.replaceState(null, '', url);
    notices.add({ kind: 'warning', text: t.clipboardRefused });
  }
}

/** The session that the page's address holds, once: a reload goes on with what was made of it. null: none. */
export function takeFromAddress(): Uint8Array<ArrayBuffer> | null {
  if (!location.hash.startsWith(prefix)) return null;
  const text = location.hash.slice(prefix.length);
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return fromAddress(text);
}

function toAddress(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** What is damaged becomes bytes that are no session, and is told as such. */
function fromAddress(text: string): Uint8Array<ArrayBuffer> {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '=')) ?? new Uint8Array();
}
