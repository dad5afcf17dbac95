/** The entry of the console. */
import { render } from 'preact';
import { App } from './app/app.tsx';
import './styles/main.css';

const root = document.getElementById('root');
if (root !== null) render(<App />, root);
