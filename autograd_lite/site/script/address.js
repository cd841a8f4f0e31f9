// What was typed, in the address behind #: an expression so that one can read it, a program compressed.

/** @typedef {{kind: "expression", text: string, numbers: Record<string, string>, order: number, wrt: string}} Typed */
/** @typedef {{kind: "program", text: string}} Program */
const OWN = ["expression", "program", "order", "wrt"], LONGEST = 200_000;  // characters of a program

/** What may stand in an address as it is, and is easier to read so. @param {string} text */
const readable = (text) => encodeURIComponent(text).replace(/%(5E|2B|2F|2C|3D)/g, (code) => decodeURIComponent(code)).replaceAll("'", "%27");

/** @param {Uint8Array<ArrayBuffer>} bytes @param {any} way through which they go @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function through(bytes, way) {
  const reader = new Blob([bytes]).stream().pipeThrough(way).getReader(), parts = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    if ((size += value.length) > 4 * LONGEST) throw new Error("too long");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** @param {Typed | Program} state @returns {Promise<string>} what stands behind the address */
export async function written(state) {
  if (state.kind === "program") {
    const bytes = await through(new TextEncoder().encode(state.text), new CompressionStream("deflate-raw"));
    let letters = "";
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return `#program=${btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  }
  const pairs = [["expression", state.text], ...Object.entries(state.numbers).map(([name, text]) => [OWN.includes(name) ? `@${name}` : name, text])];
  if (state.order > 1) pairs.push(["order", String(state.order)], ["wrt", state.wrt]);
  return `#${pairs.map((pair) => pair.map(readable).join("=")).join("&")}`;
}

/** @param {string} hash @returns {Promise<Typed | Program | null>} null where it says nothing that can be understood */
export async function read(hash) {
  try {
    /** @type {[string, string][]} */
    const pairs = hash.replace(/^#/, "").split("&").filter(Boolean).map((part) => {
      const [name, ...rest] = part.split("=");
      return [decodeURIComponent(name), decodeURIComponent(rest.join("="))];
    });
    const found = new Map(pairs), program = found.get("program"), text = found.get("expression");
    if (program !== undefined) {
      const letters = atob(program.replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = await through(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)), new DecompressionStream("deflate-raw"));
      return { kind: "program", text: new TextDecoder().decode(bytes).slice(0, LONGEST) };
    }
    if (text === undefined) return null;
    const numbers = Object.fromEntries(pairs.filter(([name]) => !OWN.includes(name)).map(([name, value]) => [name.replace(/^@/, ""), value]));
    const order = Number(found.get("order") ?? 1);
    return { kind: "expression", text, numbers, order: Number.isInteger(order) && order >= 1 && order <= 100 ? order : 1, wrt: found.get("wrt") ?? "" };
  } catch {  // somebody else's words, or a link that was cut off
    return null;
  }
}
