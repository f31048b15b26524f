// The few things that scripts share when they talk to the server.
export const csrf = () => document.querySelector('meta[name="csrf"]').content;

// renew puts a new form token in place: a visitor who answers becomes a guest, and the other forms of the page go on with that.
export function renew(token) {
  if (!token) return;
  document.querySelector('meta[name="csrf"]').content = token;
  for (const input of document.querySelectorAll('input[name="_csrf"]')) input.value = token;
}

export async function postJSON(path, body, options = {}) {
  const reply = await fetch(path, {
    method: "POST", credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": csrf() },
    body: JSON.stringify(body), ...options,
  });
  if (!reply.ok) {
    const error = new Error(`status ${reply.status}`);
    error.status = reply.status;
    try { error.body = await reply.json(); } catch { error.body = {}; }
    throw error;
  }
  return reply.status === 204 ? null : reply.json();
}

// search asks the codebook, and gives up an earlier question that has not been answered yet.
export function searcher() {
  let running = null;
  async function search(params) {
    running?.abort();
    const mine = running = new AbortController();
    try {
      const reply = await fetch(`/codebook/search?${new URLSearchParams(params)}`, {
        headers: { Accept: "application/json" }, credentials: "same-origin", signal: mine.signal,
      });
      if (!reply.ok) return null;
      return await reply.json();
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    } finally {
      if (running === mine) running = null;
    }
  }
  search.cancel = () => { running?.abort(); running = null; };
  return search;
}

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

export const setNames = { icd10cm: "ICD-10-CM", icd10pcs: "ICD-10-PCS", cpt: "CPT", hcpcs: "HCPCS Level II" };
