import { rememberKey } from "./http.js";
import { setUpTranslation } from "./translation.js";
import { setUpPicture } from "./picture.js";
import { setUpBatch } from "./batch.js";

rememberKey(document.getElementById("key"));
const languages = setUpTranslation();
setUpPicture();
setUpBatch(languages);
