"""What a still picture is drawn with: a pen, the page, the column of a chain, strips of heat, two columns side by side."""
