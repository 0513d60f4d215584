import { render } from "preact";
import { App } from "./app.js";
import { applyTheme } from "./theme.js";
import "./style/page.css";

applyTheme();
render(<App />, document.getElementById("page") as HTMLElement);
