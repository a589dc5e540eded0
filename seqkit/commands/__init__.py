"""What `seqkit` can be told to do: one small room a command, imported when it is called."""

COMMANDS = {
    "For a learner": {
        "lab": "Open JupyterLab at the first lesson.",
        "check": "Judge the answers in your own notebook.",
        "doctor": "What is installed, what this machine can do, what is missing.",
    },
    "For a teacher": {
        "assign": "Make an assignment out of exercises.",
        "grade": "Grade a folder or zip of submissions.",
        "report": "Write the pages for each student and for the class.",
        "export": "Write the grades for another system.",
        "regrade": "Grade again what has changed, or some students.",
        "adjust": "Set the points of one exercise by hand, with a reason.",
        "history": "Show every grading and adjustment of a student.",
    },
}
"""{title in `--help`: {command: what it does}}."""
