// The state of a page's timeline, as what anywidget would give: it stands before page.js in a file that is
// complete, and is a module of its own for the pages of the server.

/** The buffers of a state, which stand in JSON as base64, as bytes. */
export function withBytes(state) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  for (const [name, text] of Object.entries(state.bars)) state.bars[name] = bytes(text);
  return state;
}

/** get, set, on, off over a state. */
export function modelOf(state) {
  const heard = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      (heard[`change:${name}`] || []).forEach((act) => act());
    },
    save_changes() {},
    on: (event, act) => (heard[event] ||= []).push(act),
    off: (event, act) => { heard[event] = (heard[event] || []).filter((other) => other !== act); },
  };
}
