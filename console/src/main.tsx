import { render } from "preact";
import { App } from "./app";
import { preferred, speak } from "./texts";
import "./parts/way";
import "./style.css";

void speak(preferred()).then(() => render(<App />, document.getElementById("app")!));
