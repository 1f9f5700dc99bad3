/** A message (message.tsx) where there is only plain text: titles, labels, the editor's marks. */
export function plainMessage(text: string): string {
  return text.replace(/`([^`]+)`/g, '$1');
}
