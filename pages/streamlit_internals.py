"""Every internal of Streamlit that Glas leans on, each with what for. Nothing else of Streamlit's inside may be used.

Streamlit promises its functions, the `st-key-…` class of a container with a key, the options that it documents, and
the theme. The rest may change with any version, and does so without a word: a rule of CSS that meets nothing looks
like no rule. So it stands here in one place, and `tests/house/test_streamlit_internals.py` looks each name up in the
installed Streamlit, and for names that our code uses and this list lacks, or the other way round.

Before the bound in pyproject.toml is raised: install the new version and run that test. Whatever it names is to be
reached anew or given up – better by something public.
"""

from __future__ import annotations

# Modules, functions and attributes of Python that are not documented; a field of a message by its dotted name.
PYTHON = {
    "streamlit.elements.arrow": "imported at the start, so that no visitor waits for it: pages/server/lifespan.py",
    "streamlit.proto.BackMsg_pb2.BackMsg": "what a page says, read before Streamlit does: pages/server/streams.py",
    "streamlit.proto.ForwardMsg_pb2.ForwardMsg": "that a page has been made, heard there",
    "streamlit.runtime.scriptrunner_utils.script_run_context.get_script_run_ctx": "which run, of whom: pages/visit",
    "streamlit.runtime.scriptrunner_utils.script_run_context.ScriptRunContext.cursors": "new in every run",
    "streamlit.runtime.scriptrunner_utils.script_run_context.ScriptRunContext.session_id": "one browser tab",
    "streamlit.web.cli.main": "`streamlit run` in our own process, to change one setting of uvicorn",
}

# The hidden options in .streamlit/config.toml.
OPTIONS = {
    "client.allowedOrigins": "no page elsewhere may steer ours",
    "logger.hideWelcomeMessage": "`glas serve` greets by itself",
    "runner.postScriptGC": "a full collection after every rerun costs ten times the rerun",
    "server.maxWidgetStateSize": "what a browser may send for one rerun",
}

# `data-testid` of elements that only browser tests wait for.
TEST_IDS_OF_TESTS = {
    "stDataFrame": "a table of staff pages is there",
    "stMetric": "figures of staff pages stand close together on a phone",
}

# `data-testid` of elements.
TEST_IDS = {
    "InputInstructions": "“Press Enter to apply”, which stays English: hidden",
    "stMetricLabel": "figures of the brief stand in one row of paper",
    "stMetricValue": "figures of the brief stand in one row of paper",
    "stVerticalBlock": "the brief fits one page of paper",
    "stApp": "our font before the theme comes; prints in black on white; tests wait for it",
    "stAppViewContainer": "prints over as many sheets as it needs",
    "stCaptionContainer": "the caption of a choice is as dark as other small text",
    "stElementContainer": "takes room only if there is something in it; prints only what is for print",
    "stElementToolbar": "the tools of a data frame, which speak English and whose download defuses nothing: hidden",
    "stHeader": "hidden, the header is ours",
    "stLayoutWrapper": "the room round a container with a key, which lies outside of it",
    "stMain": "what scrolls: a new page begins at its top",
    "stMainBlockContainer": "as wide as our header, and below it",
    "stMarkdownContainer": "the words of a button, which wrap on a narrow phone instead of being cut",
    "stPopover": "Back on a phone closes the filters, and leaves the page alone: header.back.js",
    "stPopoverBody": "the same",
    "stRadioCaption": "choices as cards",
    "stRadioOption": "choices as cards",
    "stSelectbox": "fields stand on card white",
    "stSkipToContent": "the skip link: our words, our font, past the header",
    "stTextAreaRootElement": "fields stand on card white, wrong ones have a red border",
    "stTextInput": "the eye of a password, which speaks English: hidden",
    "stTextInputRootElement": "fields stand on card white, wrong ones have a red border",
    "stWidgetLabel": "bold, with the hint on a line of its own",
}

# Other attributes by which CSS and scripts know elements.
ATTRIBUTES = {
    "data-selected": "the chosen one of some buttons in a row has enough contrast in the dark",
    "data-test-connection-state": "CONNECTED or not: the header says that the connection is lost",
    "data-test-script-state": "a thin line below the header while a slow page is made; tests wait for it",
    "data-variant": "buttons in a row are as high as a finger",
    "kind": "primary and secondary buttons: height, weight, the corner of a speech bubble",
}

# What the scripts of the page say or listen to.
SCRIPT = {
    "_stcore/health": "asked by the page; open in pages/server/shell.py",
    "_stcore/host-config": "asked by the page; open in pages/server/shell.py",
    "_stcore/stream": "the websocket: guarded in pages/server/guard.py, spoken by tests/bench/visitor.py",
    "_streamlit_xsrf": "the cookie that goes with the websocket: tests/bench/visitor.py",
    "BACKEND_BASE_URL": "where the server is, so that it is not asked for below every page",
    "HOST_CONFIG_BASE_URL": "the same for its options",
    "MAIN_PAGE_BASE_URL": "the same for pages",
    "popstate": "a link of ours changes the page in place, as the browser's back button does: header.js",
}

# What stands in index.html and is changed in pages/server/shell.py, or is aimed at by CSS.
SHELL = {
    '<html lang="en">': "becomes the language of the visitor",
    "<title>": "becomes the title of the page, and all of our head follows it",
    '<div id="root"></div>': "our header stands before it from the first moment",
    '<link rel="service-desc"': "taken out: there are no agents here",
    "<noscript>": "says so in the language of the visitor",
    "./favicon.png": "becomes absolute",
    "./static/": "becomes absolute",
}

# Fields of the websocket's messages that pages/server/streams.py reads, each with its message.
STREAM = (
    ("BackMsg", "rerun_script"),
    ("BackMsg", "stop_script"),
    ("BackMsg", "app_heartbeat"),
    ("ClientState", "widget_states"),
    ("ClientState", "fragment_id"),
    ("ClientState", "is_auto_rerun"),
    ("ClientState", "cached_message_hashes"),
    ("ClientState", "query_string"),
    ("WidgetStates", "widgets"),
    ("WidgetState", "trigger_value"),
    ("WidgetState", "string_trigger_value"),
    ("WidgetState", "chat_input_value"),
    ("WidgetState", "json_trigger_value"),
    ("ForwardMsg", "script_finished"),
    ("ForwardMsg", "auto_rerun"),
    ("AutoRerun", "fragment_id"),
)

# Messages that no page of ours sends: dropped there. Most are for developers – clear_cache would empty the cache of all
# visitors –, others are for Streamlit's own uploads and for tables that come in pieces.
DROPPED = frozenset(
    {
        "clear_cache",
        "set_run_on_save",
        "load_git_info",
        "file_urls_request",
        "backend_operation_request",
        "debug_disconnect_websocket",
        "debug_shutdown_runtime",
    }
)

# What lies below Streamlit and is extended in pages/server/frames.py: classes of uvicorn and websockets, their
# methods and attributes. uvicorn takes classes for `http` and `ws`; how they are made inside it does not promise.
SERVER = {
    "uvicorn.Config": "bounds for what comes: pages/commands/server.py",
    "uvicorn.protocols.http.auto.AutoHTTPProtocol": "who asks for nothing, or too much, is lost",
    "uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol": "frames are counted as they come",
    "websockets.server.ServerProtocol": "reader.buffer, current_size: what has come of a message; max_message_size",
}
METHODS = (
    "connection_lost", "data_received", "handle_bytes", "handle_cont", "handle_ping", "handle_pong", "handle_text",
    "pause_writing", "resume_writing", "send", "send_receive_event_to_app",
)  # fmt: skip
OWN = ("close_sent", "conn", "frames", "loop", "queue", "transport")

# Fields of the websocket's messages that tests/bench/visitor.py reads and writes, each with its message.
FIELDS = (
    ("BackMsg", "rerun_script"),
    ("ClientState", "query_string"),
    ("ClientState", "page_script_hash"),
    ("ClientState", "page_name"),
    ("ClientState", "cached_message_hashes"),
    ("ClientState", "context_info"),
    ("ClientState", "widget_states"),
    ("ContextInfo", "url"),
    ("ContextInfo", "timezone"),
    ("WidgetStates", "widgets"),
    ("WidgetState", "id"),
    ("WidgetState", "trigger_value"),
    ("WidgetState", "json_value"),
    ("WidgetState", "bool_value"),
    ("WidgetState", "string_value"),
    ("WidgetState", "double_value"),
    ("ForwardMsg", "hash"),
    ("ForwardMsg", "metadata"),
    ("ForwardMsg", "delta"),
    ("ForwardMsg", "new_session"),
    ("ForwardMsg", "navigation"),
    ("ForwardMsg", "script_finished"),
    ("ForwardMsg", "ref_hash"),
    ("ForwardMsgMetadata", "cacheable"),
    ("ForwardMsgMetadata", "delta_path"),
    ("Delta", "new_element"),
    ("Navigation", "page_script_hash"),
)
