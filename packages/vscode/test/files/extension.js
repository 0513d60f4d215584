// For the tests: a folder that can be written to, filled with what the server has under /files.
const vscode = require("vscode");

const files = new Map();
const changed = new vscode.EventEmitter();

exports.activate = async (context) => {
  const base = context.extensionUri.with({ path: "/files" });
  const list = await (await fetch(base.toString(true))).json();
  for (const [name, text] of Object.entries(list)) files.set(`/${name}`, new TextEncoder().encode(text));
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider("litmus", {
      onDidChangeFile: changed.event,
      watch: () => ({ dispose() {} }),
      stat(uri) {
        const found = files.get(uri.path);
        if (uri.path === "/") return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
        if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
        return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: found.length };
      },
      readDirectory: () => [...files.keys()].map((path) => [path.slice(1), vscode.FileType.File]),
      readFile(uri) {
        const found = files.get(uri.path);
        if (found === undefined) throw vscode.FileSystemError.FileNotFound(uri);
        return found;
      },
      writeFile: (uri, content) => void files.set(uri.path, content),
      createDirectory() {},
      delete: (uri) => void files.delete(uri.path),
      rename() {},
    }),
  );
};
